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
    public void Map_ToolLoop_RendersCallsAndResultsAsText()
    {
        var context = FlowGptMessages.Map(
            null,
            [
                User("Weather?"),
                Assistant("Let me see."),
                new ToolCallItem("call_1", "get_weather", """{"city":"Rome"}"""),
                new ToolCallItem("call_2", "get_time", "{}"),
                new ToolResultItem("call_1", [new TextPart("sunny")]),
                new ToolResultItem("call_2", [new TextPart("noon")]),
            ]
        );

        Assert.Equal(
            [
                new("user", "Weather?"),
                new(
                    "assistant",
                    """
                    Let me see.
                    <tool_call>
                    {"name": "get_weather", "arguments": {"city":"Rome"}}
                    </tool_call>
                    <tool_call>
                    {"name": "get_time", "arguments": {}}
                    </tool_call>
                    """
                ),
                new("user", "<tool_response>\nget_weather: sunny\n</tool_response>"),
            ],
            context.Earlier
        );
        Assert.Equal("<tool_response>\nget_time: noon\n</tool_response>", context.Question);
        Assert.True(context.CanContinue);
    }

    [Theory]
    [InlineData(null, "<tool_response>\nx\n</tool_response>")]
    [InlineData("lookup", "<tool_response>\nlookup: x\n</tool_response>")]
    public void Map_ToolResultOfAnUnknownCall_UsesItsOwnName(string? name, string expected) =>
        Assert.Equal(expected, FlowGptMessages.Map(null, [new ToolResultItem("gone", [new TextPart("x")], Name: name)]).Question);

    [Fact]
    public void Map_ToolCallWithoutText_HasOnlyTheCall()
    {
        var context = FlowGptMessages.Map(null, [new ToolCallItem("c", "f", "{}"), User("Go on")]);

        Assert.Equal("<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>", Assert.Single(context.Earlier).Content);
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
