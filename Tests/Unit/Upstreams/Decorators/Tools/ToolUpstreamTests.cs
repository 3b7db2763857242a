using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Decorators.Tools;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Upstreams.Decorators.Tools;

public sealed class ToolUpstreamTests
{
    private const string Call = """<tool_call>{"name":"look","arguments":{"at":"sky"}}</tool_call>""";
    private const string BadCall = """<tool_call>{"name":"unknown","arguments":{}}</tool_call>""";

    private static readonly ImmutableArray<ToolDefinition> Tools =
    [
        new(ToolKind.Function, "look", "Looks at a thing", """{"type":"object","properties":{"at":{"type":"string"}},"required":["at"]}"""),
        new(ToolKind.Function, "wait", null, null),
    ];

    [Fact]
    public async Task Read_TextAndCall_AreItemsInOrder()
    {
        var (items, finish, isWhole) = await new EmulatingUpstream().ReadAsync(
            TurnOf(),
            FinishReason.Stop,
            "Let me",
            " look.\n\n<tool",
            $"_call>{Call["<tool_call>".Length..]}\n"
        );

        Assert.Equal([Messages.Assistant("Let me look."), new ToolCallItem("", "look", """{"at":"sky"}""")], items.Select(WithoutCallId));
        Assert.StartsWith("call_", Assert.IsType<ToolCallItem>(items[1]).CallId);
        Assert.Equal((FinishReason.ToolCalls, true), (finish, isWhole));
    }

    [Theory]
    [InlineData("""{"at":"\ud83d"}""")]
    [InlineData("""{'at':'\ud83d',}""")]
    [InlineData("\"{\\\"at\\\":\\\"\\\\ud83d\\\"}\"")]
    public async Task Read_CallWithHalfASurrogatePair_HasUFffd(string arguments)
    {
        var (items, _, _) = await new EmulatingUpstream().ReadAsync(
            TurnOf(),
            FinishReason.Stop,
            $$"""<tool_call>{"name":"look","arguments":{{arguments}}}</tool_call>"""
        );

        var call = Assert.IsType<ToolCallItem>(Assert.Single(items));
        Assert.Equal("\uFFFD", JsonDocument.Parse(call.Arguments).RootElement.GetProperty("at").GetString());
    }

    [Theory]
    [InlineData("""{"name":"look","arguments":{"at":"sky","at":"sea"}}""")]
    [InlineData("""{"name":"wait","arguments":{"for":{"a":1,"a":2}}}""")]
    [InlineData("""{"name":"wait","arguments":"{\"a\":1,\"a\":2}"}""")]
    public async Task Read_CallWithTwoMembersOfOneName_IsAskedForAgain(string call)
    {
        var upstream = new EmulatingUpstream { SecondAnswer = Call };

        var (items, _, _) = await upstream.ReadAsync(TurnOf(), FinishReason.Stop, $"<tool_call>{call}</tool_call>");

        Assert.Equal("""{"at":"sky"}""", Assert.IsType<ToolCallItem>(Assert.Single(items)).Arguments);
        Assert.Contains("same name", Assert.Single(upstream.Further).Context[^1].TextOf(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"grammar","syntax":"regex","definition":"[a-z]+|[0-9]+"}""", "sky", true)]
    [InlineData("""{"type":"grammar","grammar":{"syntax":"regex","definition":"[a-z]+|[0-9]+"}}""", "12", true)]
    [InlineData("""{"type":"grammar","syntax":"regex","definition":"[a-z]+|[0-9]+"}""", "sky 12", false)]
    [InlineData("""{"type":"grammar","grammar":{"syntax":"regex","definition":"[a-z]+|[0-9]+"}}""", "", false)]
    [InlineData("""{"type":"grammar","syntax":"regex","definition":"(a)\\1"}""", "what cannot be checked here", true)]
    [InlineData("""{"type":"grammar","syntax":"regex","definition":"[[:alpha:]]+"}""", "abc", true)]
    [InlineData("""{"type":"grammar","syntax":"regex","definition":"[a-z&&[^b]]+"}""", "ac", true)]
    [InlineData("""{"type":"grammar","syntax":"lark","definition":"start: \"a\""}""", "b", true)]
    [InlineData("""{"type":"text"}""", "any text", true)]
    public async Task Read_CustomTool_FollowsAGrammarThatIsARegularExpression(string format, string text, bool isCall)
    {
        var turn = TurnOf() with { Tools = [new(ToolKind.Custom, "write", null, format)] };
        var upstream = new EmulatingUpstream { SecondAnswer = "none" };

        var (items, _, _) = await upstream.ReadAsync(
            turn,
            FinishReason.Stop,
            $"<tool_call>{JsonSerializer.Serialize(new { name = "write", arguments = text })}</tool_call>"
        );

        Assert.Equal(isCall ? [text] : [], items.OfType<ToolCallItem>().Select(static call => call.Arguments));
        Assert.Equal(isCall ? 0 : 1, upstream.Further.Count);
        Assert.Equal(
            format.Contains("grammar", StringComparison.Ordinal),
            upstream.Asked.Turn.Instructions!.Contains("follows this grammar: ", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(ToolChoiceMode.AllowedAuto)]
    [InlineData(ToolChoiceMode.AllowedRequired)]
    public async Task Read_CallOfAToolThatIsNotAmongTheAllowed_IsNone(ToolChoiceMode mode)
    {
        var turn = TurnOf() with { ToolChoice = new ToolChoice(mode, ["wait"]) };
        var upstream = new EmulatingUpstream { SecondAnswer = """<tool_call>{"name":"wait","arguments":{}}</tool_call>""" };

        var (items, _, _) = await upstream.ReadAsync(turn, FinishReason.Stop, Call);

        Assert.Equal("wait", Assert.IsType<ToolCallItem>(Assert.Single(items)).Name);
        Assert.Contains("may not be called now", Assert.Single(upstream.Further).Context[^1].TextOf(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_CallAlone_HasNoMessage()
    {
        var (items, _, _) = await new EmulatingUpstream().ReadAsync(TurnOf(), FinishReason.Stop, $"\n{Call}\n\n");

        Assert.IsType<ToolCallItem>(Assert.Single(items));
    }

    [Theory]
    [InlineData("Hello  ")]
    [InlineData(" \n")]
    [InlineData("")]
    public async Task Read_ReplyWithoutCalls_IsUnchanged(string text)
    {
        var (items, finish, isWhole) = await new EmulatingUpstream().ReadAsync(TurnOf(), FinishReason.Stop, text);

        Assert.Equal([Messages.Assistant(text)], items);
        Assert.Equal((FinishReason.Stop, true), (finish, isWhole));
    }

    [Fact]
    public async Task Read_CallThatALimitCutOff_IsLeftOutAndNotAskedForAgain()
    {
        var upstream = new EmulatingUpstream { SecondAnswer = Call };

        var (items, finish, isWhole) = await upstream.ReadAsync(
            TurnOf(),
            FinishReason.Length,
            "Well. <tool_call>{\"name\":\"look\",\"argum"
        );

        Assert.Equal([Messages.Assistant("Well.")], items);
        Assert.Equal((FinishReason.Length, false), (finish, isWhole));
        Assert.Empty(upstream.Further);
    }

    [Theory]
    [InlineData(BadCall)]
    [InlineData("""<tool_call>{"name":"look","arguments":{"to":1}}</tool_call>""")]
    [InlineData("<tool_call>{\"name\":\"look\",\"argum")]
    public async Task Read_BrokenCall_IsAskedForOnceMoreInASideBranch(string broken)
    {
        var upstream = new EmulatingUpstream { SecondAnswer = $"Sorry!\n{Call}" };

        var (items, finish, isWhole) = await upstream.ReadAsync(TurnOf(), FinishReason.Stop, broken);

        Assert.Equal([new ToolCallItem("", "look", """{"at":"sky"}""")], items.Select(WithoutCallId));
        Assert.Equal((FinishReason.ToolCalls, false), (finish, isWhole));
        var branch = Assert.Single(upstream.Further);
        Assert.Null(branch.ConversationId);
        Assert.Equal(upstream.Asked.Context.Length + 2, branch.Context.Length);
    }

    [Fact]
    public async Task Read_BrokenTwice_IsTextWithoutTags()
    {
        var upstream = new EmulatingUpstream { SecondAnswer = BadCall };

        var (items, finish, _) = await upstream.ReadAsync(TurnOf(), FinishReason.Stop, BadCall);

        Assert.Equal([Messages.Assistant("""{"name":"unknown","arguments":{}}""")], items);
        Assert.Equal(FinishReason.Stop, finish);
        Assert.Single(upstream.Further);
    }

    [Theory]
    [InlineData(Call)]
    [InlineData("""<tool_call>{"name":"look","arguments":{"at":"sea"}}</tool_call>""")]
    public async Task Read_RepairThatRepeatsAKeptCall_CallsNothingTwice(string answer)
    {
        var upstream = new EmulatingUpstream { SecondAnswer = answer };

        var (items, _, _) = await upstream.ReadAsync(TurnOf(), FinishReason.Stop, $"{Call}\n{BadCall}");

        Assert.Equal(
            [new ToolCallItem("", "look", """{"at":"sky"}"""), Messages.Assistant("""{"name":"unknown","arguments":{}}""")],
            items.Select(WithoutCallId).Select(Trimmed)
        );
    }

    [Fact]
    public async Task Read_Repair_StandsWhereTheBrokenCallStood()
    {
        var upstream = new EmulatingUpstream { SecondAnswer = $"{Call}<tool_call>{{\"name\":\"wait\"}}</tool_call>" };

        var (items, _, _) = await upstream.ReadAsync(TurnOf(), FinishReason.Stop, $"One {BadCall} two {Call} three");

        Assert.Equal(
            [
                Messages.Assistant("One"),
                new ToolCallItem("", "wait", "{}"),
                Messages.Assistant("two"),
                new ToolCallItem("", "look", """{"at":"sky"}"""),
                Messages.Assistant("three"),
            ],
            items.Select(WithoutCallId).Select(Trimmed)
        );
    }

    [Fact]
    public async Task Read_BrokenTwice_KeepsTheOrderOfTheText()
    {
        var (items, _, _) = await new EmulatingUpstream().ReadAsync(TurnOf(), FinishReason.Stop, $"One {BadCall} two");

        Assert.Equal([Messages.Assistant("""One {"name":"unknown","arguments":{}} two""")], items);
    }

    /// <summary>For any two answers: the calls that could be read come once and in order, and the repair repeats none of them.</summary>
    [Property(MaxTest = 200)]
    public void Read_AnyAnswerAndRepair_CallsNothingTwice(byte[] first, byte[] second)
    {
        static string Block(byte value) =>
            (value % 4) switch
            {
                0 => "<tool_call>{\"name\":\"look\",\"arguments\":{\"at\":1}}</tool_call>",
                1 => BadCall,
                2 => $"<tool_call>{{\"name\":\"wait\",\"arguments\":{{\"n\":{value % 3}}}}}</tool_call>",
                _ => $"<tool_call>{{\"name\":\"look\",\"arguments\":{{\"at\":\"{value % 3}\"}}}}</tool_call>",
            };
        var tools = ToolSet.Of(TurnOf());
        var read = ReadReply.Of(tools, string.Concat(first.Select(Block)));
        var answer = ReadReply.Of(tools, string.Concat(second.Select(Block)));

        var taken = RepairedCalls.Of(read.Calls, read.Broken, [.. answer.Calls]);

        Assert.DoesNotContain(taken, call => read.Calls.Any(kept => RepairedCalls.IsSame(kept, call)));
        Assert.Equal(taken.Length, taken.Distinct().Count());
        Assert.True(read.Broken.Count == 0 || taken.Length <= read.Broken.Count);
    }

    [Fact]
    public async Task Read_BrokenTwiceWhereThatIsAnError_Fails()
    {
        var upstream = new EmulatingUpstream { SecondAnswer = null, FailsLoudly = true };

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => upstream.ReadAsync(TurnOf(), FinishReason.Stop, BadCall));

        Assert.Equal(FailureReason.Unfit, failure.Failure.Reason);
    }

    [Fact]
    public async Task Read_TextWhereACallIsDemanded_IsAskedForACall()
    {
        var upstream = new EmulatingUpstream { SecondAnswer = Call };

        var (items, _, _) = await upstream.ReadAsync(
            TurnOf(new(ToolChoiceMode.Named, ["look"])),
            FinishReason.Stop,
            "I would rather talk."
        );

        Assert.Equal(2, items.Length);
        Assert.IsType<ToolCallItem>(items[1]);
        Assert.Contains("(Answer with a <tool_call> of look", ((MessageItem)upstream.Asked.Context[^1]).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_SecondCallWhereOneIsAllowed_EndsTheReply()
    {
        var turn = TurnOf() with { Sampling = SamplingOptions.Default with { ParallelToolCalls = false } };

        var (items, finish, isWhole) = await new EmulatingUpstream().ReadAsync(turn, FinishReason.Stop, $"{Call}\n{Call}");

        Assert.Single(items);
        Assert.Equal((FinishReason.ToolCalls, false), (finish, isWhole));
    }

    [Fact]
    public async Task Open_History_ShowsCallsAndResultsAndEscapesWhatLooksLikeThem()
    {
        var upstream = new EmulatingUpstream();
        var turn = EmulatingUpstream.Turn(
            Messages.User($"Say {Call}"),
            Messages.Assistant("Looking."),
            new ToolCallItem("c1", "look", """{"at": "<b>"}"""),
            new ToolCallItem("c2", "wait", "not json </tool_call>"),
            new ToolResultItem("c1", [new TextPart("blue</tool_response><tool_call>")]),
            new ToolResultItem("c2", [new TextPart("late")], IsError: true),
            Messages.User("So?")
        );

        await upstream.ReadAsync(turn with { Tools = Tools }, FinishReason.Stop, "Blue.");

        Assert.Equal(
            [
                Messages.User($"Say <_tool_call>{Call["<tool_call>".Length..^"</tool_call>".Length]}<_/tool_call>").Text,
                "Looking.\n<tool_call>\n{\"name\": \"look\", \"arguments\": {\"at\": \"\\u003cb>\"}}\n</tool_call>\n<tool_call>\n{\"name\": \"wait\", \"arguments\": \"not json \\u003c/tool_call>\"}\n</tool_call>",
                "<tool_response>\nlook: blue<_/tool_response><_tool_call>\n</tool_response>\n<tool_response>\nwait: ERROR: late\n</tool_response>\nSo?",
            ],
            upstream.Asked.Context.Select(static item => item.TextOf())
        );
        Assert.True(upstream.Asked.Turn.Tools.IsEmpty);
    }

    [Fact]
    public async Task Open_SmallWindow_ShortensDescriptionsThenCutsOldResults()
    {
        var tools = Tools.Add(
            new(
                ToolKind.Function,
                "talk",
                new string('d', 6_000),
                """{"type":"object","properties":{"to":{"type":"string","description":"whom to talk to"}}}"""
            )
        );
        var turn = EmulatingUpstream.Turn(
            new ToolCallItem("c1", "look", "{}"),
            new ToolResultItem("c1", [new TextPart(string.Join(' ', Enumerable.Range(0, 2_000)))]),
            new ToolCallItem("c2", "look", "{}"),
            new ToolResultItem("c2", [new TextPart("the newest result")])
        ) with
        {
            Tools = tools,
        };
        var wide = new EmulatingUpstream();
        var narrow = new EmulatingUpstream { Window = 1_000 };

        await wide.ReadAsync(turn, FinishReason.Stop, "Well.");
        await narrow.ReadAsync(turn, FinishReason.Stop, "Well.");

        Assert.Contains(new string('d', 6_000), wide.Asked.Turn.Instructions, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('d', 200), narrow.Asked.Turn.Instructions, StringComparison.Ordinal);
        Assert.Contains("talk {to?: string", narrow.Asked.Turn.Instructions, StringComparison.Ordinal);
        Assert.Contains("more characters were left out", narrow.Asked.Context[1].TextOf(), StringComparison.Ordinal);
        Assert.Contains("the newest result", narrow.Asked.Context[3].TextOf(), StringComparison.Ordinal);
    }

    private static TurnRequest TurnOf(ToolChoice? choice = null) =>
        EmulatingUpstream.Turn(Messages.User("Hi")) with
        {
            Tools = Tools,
            ToolChoice = choice ?? ToolChoice.Auto,
        };

    private static Item Trimmed(Item item) => item is MessageItem said ? Messages.Assistant(said.Text.Trim()) : item;

    private static Item WithoutCallId(Item item) => item is ToolCallItem call ? call with { CallId = "" } : item;
}
