using System.Collections.Immutable;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Conversations;

public sealed class ConversationTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly UpstreamThread Thread = new("a1", "upstream-1", "flowgpt");
    private readonly ConversationState _state = new();

    private static MessageItem User(string text) => Messages.User(text);

    private static MessageItem Reply(string text) => Messages.Assistant(text);

    private static MessageItem Rule(string text) => Messages.System(text);

    private static UsageEvent Usage(string id) =>
        new(id, "master", "m", "a1", Now, new TokenUsage(10, 5, 0), null, false, null, TimeSpan.FromSeconds(1));

    private static void Turn(
        ConversationState state,
        ImmutableArray<Item> context,
        string reply,
        UpstreamThread? thread = null,
        int maxCharacters = 10_000
    ) =>
        new Conversation(state).Complete(
            context,
            new CompletedTurn("r1", new Digest(0, 1), Now, FinishReason.Stop, new TokenUsage(10, 5, 0)),
            [Reply(reply)],
            "m",
            thread,
            Usage("r1"),
            maxCharacters
        );

    /// <summary>A client that sends its whole history again does not double its context once the oldest items are no longer stored.</summary>
    [Fact]
    public void ContextFor_WholeHistoryOfWhichTheOldestWasDropped_IsTheSameAsTheNewTurnAlone()
    {
        var state = new ConversationState();
        var conversation = new Conversation(state);
        ImmutableArray<Item> history = [Rule("be brief")];
        for (var i = 0; i < 12; i++)
        {
            ImmutableArray<Item> whole = [.. history, User($"question {i} {new string('x', 100)}")];
            var context = conversation.ContextFor(whole);

            Assert.Equal(conversation.ContextFor([Rule("be brief"), whole[^1]]), context);
            Assert.Equal(context.Length, context.Distinct().Count());
            Assert.Equal(i == 0 ? 2 : 1, conversation.IncomingOf(context, whole));
            Turn(state, context, $"reply {i}", maxCharacters: 600);
            history = [.. whole, Reply($"reply {i}")];
        }

        Assert.True(state.DroppedItems > 0);
    }

    [Property]
    public void ContextFor_NewTurnAloneOrWholeHistory_IsTheSame(string?[] questions)
    {
        var state = new ConversationState();
        var conversation = new Conversation(state);
        ImmutableArray<Item> history = [];
        foreach (var question in questions)
        {
            var alone = conversation.ContextFor([User(question ?? "")]);
            var whole = conversation.ContextFor([.. history, User(question ?? "")]);

            Assert.Equal(whole, alone);
            Turn(state, alone, "reply to " + question);
            history = [.. whole, Reply("reply to " + question)];
        }

        Assert.Equal(history, state.Items);
    }

    [Fact]
    public void ContextFor_NewSystemMessage_ReplacesTheStoredOne()
    {
        Turn(_state, [Rule("be brief"), User("one")], "1");

        var context = new Conversation(_state).ContextFor([Rule("be long"), User("two")]);

        Assert.Equal([Rule("be long"), User("one"), Reply("1"), User("two")], context);
    }

    [Fact]
    public void ContextFor_HistoryThatDiffersFromTheStored_IsAppended()
    {
        Turn(_state, [User("one")], "1");

        var context = new Conversation(_state).ContextFor([User("uno"), Reply("1"), User("two")]);

        Assert.Equal([User("one"), Reply("1"), User("uno"), Reply("1"), User("two")], context);
    }

    [Fact]
    public void ContextFor_HistoryOfToolCallsWithoutIds_IsRecognised()
    {
        Item Call(string? id) => new ToolCallItem("c1", "f", "{}", Id: id);
        Item Result(string? id) => new ToolResultItem("c1", [new TextPart("4")], Id: id);
        Turn(_state, [User("one"), Call("fc_1"), Result("out_1")], "four");

        ImmutableArray<Item> whole = [User("one"), Call(null), Result(null), Reply("four"), User("two")];

        Assert.Equal(5, new Conversation(_state).ContextFor(whole).Length);
    }

    [Fact]
    public void ThreadFor_NextTurnOfTheSameModel_ContinuesTheUpstreamConversation()
    {
        Turn(_state, [User("one")], "1", Thread);
        var conversation = new Conversation(_state);
        var context = conversation.ContextFor([User("two")]);

        Assert.Equal(Thread, conversation.ThreadFor(context, "m"));
        Assert.Null(conversation.ThreadFor(context, "other"));
        Assert.Null(conversation.ThreadFor(conversation.ContextFor([User("two"), User("three")]), "m"));
        Assert.Null(conversation.ThreadFor(conversation.ContextFor([Rule("new rule"), User("two")]), "m"));
    }

    [Fact]
    public void SettingOf_ToolsOrInstructions_BelongToIt()
    {
        var turn = Upstreams.Decorators.EmulatingUpstream.Turn(User("one"));
        var withTools = turn with { Tools = [new(ToolKind.Function, "look", null, null)] };

        Assert.Equal(turn.Route, Conversation.SettingOf(turn));
        Assert.Equal(
            Conversation.SettingOf(withTools),
            Conversation.SettingOf(withTools with { ToolChoice = new(ToolChoiceMode.Required, []) })
        );
        Assert.Distinct([
            Conversation.SettingOf(turn),
            Conversation.SettingOf(withTools),
            Conversation.SettingOf(turn with { Instructions = "Be brief." }),
        ]);
    }

    [Fact]
    public void Abort_AnyTurn_LeavesTheContextAndForgetsTheUpstreamConversation()
    {
        Turn(_state, [User("one")], "1", Thread);
        var conversation = new Conversation(_state);
        conversation.Accept(new PendingTurn("r2", "master", "m", Now, 12));

        conversation.Abort(Usage("r2"));

        Assert.Equal([User("one"), Reply("1")], _state.Items);
        Assert.Null(_state.Pending);
        Assert.Null(conversation.ThreadFor([.. _state.Items, User("two")], "m"));
        Assert.Equal(["r1", "r2"], _state.Outbox.Select(usage => usage.ResponseId));
    }

    [Fact]
    public void EndInterrupted_PendingTurn_BooksItsPromptAsAnEstimateOnce()
    {
        var conversation = new Conversation(_state);
        conversation.Accept(new PendingTurn("r1", "master", "m", Now, 12));

        Assert.True(conversation.EndInterrupted(Now.AddSeconds(5)));
        Assert.False(conversation.EndInterrupted(Now.AddSeconds(6)));

        var usage = Assert.Single(_state.Outbox);
        Assert.True(usage.Estimated);
        Assert.Equal(new TokenUsage(12, 0, 0), usage.Usage);
        Assert.Equal(TurnErrorKind.Interrupted, usage.ErrorKind);
    }

    [Fact]
    public void Complete_BeyondItsSize_DropsTheOldestButNotTheRuleOrTheNewestExchange()
    {
        Turn(_state, [Rule("rule"), User(new string('a', 50))], "1", Thread);
        var context = new Conversation(_state).ContextFor([User(new string('b', 50))]);

        Turn(_state, context, new string('c', 60), Thread, maxCharacters: 100);

        Assert.Equal([Rule("rule"), User(new string('b', 50)), Reply(new string('c', 60))], _state.Items);
        Assert.Null(_state.Thread);
    }
}
