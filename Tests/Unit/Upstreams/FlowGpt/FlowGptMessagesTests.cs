using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.FlowGpt;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

public sealed class FlowGptMessagesTests
{
    [Fact]
    public void Map_Conversation_SeparatesSystemEarlierTurnsAndQuestion()
    {
        var context = FlowGptMessages.Map(null, [System("Be brief."), User("1?"), Assistant("1"), System("In French."), User("2?")]);

        Assert.Equal("Be brief.\n\nIn French.", context.System);
        Assert.Equal([new("user", "1?"), new("assistant", "1")], context.Earlier);
        Assert.Equal("2?", context.Question);
        Assert.True(context.CanContinue);
        Assert.Equal(
            [new("system", "Be brief.\n\nIn French."), new("user", "1?"), new("assistant", "1")],
            FlowGptMessages.WithSystemFirst(context)
        );
    }

    [Fact]
    public void Map_OneUserTurn_HasNothingEarlier()
    {
        var context = FlowGptMessages.Map(null, [User("Hi")]);

        Assert.Null(context.System);
        Assert.Empty(context.Earlier);
        Assert.Empty(FlowGptMessages.WithSystemFirst(context));
        Assert.Equal("Hi", context.Question);
    }

    [Fact]
    public void Map_SeveralUserTurnsLast_OnlyTheLastIsTheQuestion()
    {
        var context = FlowGptMessages.Map(null, [User("A"), User("B")]);

        Assert.Equal([new("user", "A")], context.Earlier);
        Assert.Equal("B", context.Question);
    }

    [Fact]
    public void Map_AssistantLast_AsksToContinue()
    {
        var context = FlowGptMessages.Map(null, [User("Tell"), Assistant("Once upon")]);

        Assert.Equal([new("user", "Tell"), new("assistant", "Once upon")], context.Earlier);
        Assert.Equal(FlowGptMessages.ContinueQuestion, context.Question);
        Assert.False(context.CanContinue);
    }

    [Fact]
    public void Map_SystemAlone_IsTheQuestionAndNotRepeated()
    {
        var context = FlowGptMessages.Map(null, [System("Say hello.")]);

        Assert.Null(context.System);
        Assert.Equal("Say hello.", context.Question);
        Assert.True(context.CanContinue);
    }

    [Fact]
    public void Map_Names_StandBeforeTheText()
    {
        var context = FlowGptMessages.Map(null, [User("Hi") with { Name = "Ann" }, User("Ho") with { Name = "Bob" }]);

        Assert.Equal([new("user", "Ann: Hi")], context.Earlier);
        Assert.Equal("Bob: Ho", context.Question);
    }

    [Fact]
    public void Map_EmptyContent_IsLeftOutUnlessItIsTheQuestion()
    {
        var context = FlowGptMessages.Map(null, [System(""), User(""), Assistant(""), User("") with { Name = "Ann" }]);

        Assert.Null(context.System);
        Assert.Empty(context.Earlier);
        Assert.Equal("", context.Question);
    }

    [Fact]
    public void Map_Nothing_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => FlowGptMessages.Map(null, []));

    [Fact]
    public void Map_Instructions_ComeBeforeEverySystemMessage() =>
        Assert.Equal("You are Ann.\n\nBe brief.", FlowGptMessages.Map("You are Ann.", [System("Be brief."), User("Hi")]).System);

    [Fact]
    public void Map_ReasoningOfAnotherModel_IsLeftOut()
    {
        var context = FlowGptMessages.Map(null, [User("1?"), new ReasoningItem("hm"), Assistant("1"), User("2?")]);

        Assert.Equal([new("user", "1?"), new("assistant", "1")], context.Earlier);
    }

    private static MessageItem System(string text) => Messages.System(text);

    private static MessageItem User(string text) => Messages.User(text);

    private static MessageItem Assistant(string text) => Messages.Assistant(text);
}
