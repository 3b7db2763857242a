using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Upstreams.FlowGpt;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

public sealed class FlowGptMessagesTests
{
    [Fact]
    public void Map_Conversation_SeparatesSystemEarlierTurnsAndQuestion()
    {
        var context = FlowGptMessages.Map([System("Be brief."), User("1?"), Assistant("1"), System("In French."), User("2?")]);

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
        var context = FlowGptMessages.Map([User("Hi")]);

        Assert.Null(context.System);
        Assert.Empty(context.Earlier);
        Assert.Empty(FlowGptMessages.WithSystemFirst(context));
        Assert.Equal("Hi", context.Question);
    }

    [Fact]
    public void Map_SeveralUserTurnsLast_OnlyTheLastIsTheQuestion()
    {
        var context = FlowGptMessages.Map([User("A"), User("B")]);

        Assert.Equal([new("user", "A")], context.Earlier);
        Assert.Equal("B", context.Question);
    }

    [Fact]
    public void Map_AssistantLast_AsksToContinue()
    {
        var context = FlowGptMessages.Map([User("Tell"), Assistant("Once upon")]);

        Assert.Equal([new("user", "Tell"), new("assistant", "Once upon")], context.Earlier);
        Assert.Equal(FlowGptMessages.ContinueQuestion, context.Question);
        Assert.False(context.CanContinue);
    }

    [Fact]
    public void Map_SystemAlone_IsTheQuestionAndNotRepeated()
    {
        var context = FlowGptMessages.Map([System("Say hello.")]);

        Assert.Null(context.System);
        Assert.Equal("Say hello.", context.Question);
        Assert.True(context.CanContinue);
    }

    [Fact]
    public void Map_ToolLoop_RendersCallsAndResultsAsText()
    {
        var context = FlowGptMessages.Map([
            User("Weather?"),
            new ChatMessage(
                ChatRole.Assistant,
                "Let me see.",
                ToolCalls: [new("call_1", "get_weather", """{"city":"Rome"}"""), new("call_2", "get_time", "{}")]
            ),
            new ChatMessage(ChatRole.Tool, "sunny", ToolCallId: "call_1"),
            new ChatMessage(ChatRole.Tool, "noon", ToolCallId: "call_2"),
        ]);

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
        Assert.Equal(expected, FlowGptMessages.Map([new ChatMessage(ChatRole.Tool, "x", name, ToolCallId: "gone")]).Question);

    [Fact]
    public void Map_ToolCallWithoutText_HasOnlyTheCall()
    {
        var context = FlowGptMessages.Map([new ChatMessage(ChatRole.Assistant, "", ToolCalls: [new("c", "f", "{}")]), User("Go on")]);

        Assert.Equal("<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>", Assert.Single(context.Earlier).Content);
    }

    [Fact]
    public void Map_Names_StandBeforeTheText()
    {
        var context = FlowGptMessages.Map([new ChatMessage(ChatRole.User, "Hi", "Ann"), new ChatMessage(ChatRole.User, "Ho", "Bob")]);

        Assert.Equal([new("user", "Ann: Hi")], context.Earlier);
        Assert.Equal("Bob: Ho", context.Question);
    }

    [Fact]
    public void Map_EmptyContent_IsLeftOutUnlessItIsTheQuestion()
    {
        var context = FlowGptMessages.Map([System(""), User(""), Assistant(""), new ChatMessage(ChatRole.User, "", "Ann")]);

        Assert.Null(context.System);
        Assert.Empty(context.Earlier);
        Assert.Equal("", context.Question);
    }

    [Fact]
    public void Map_Nothing_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => FlowGptMessages.Map([]));

    private static ChatMessage System(string text) => new(ChatRole.System, text);

    private static ChatMessage User(string text) => new(ChatRole.User, text);

    private static ChatMessage Assistant(string text) => new(ChatRole.Assistant, text);
}
