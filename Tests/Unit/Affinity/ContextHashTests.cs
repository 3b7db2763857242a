using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Interfaces.Chat;

namespace FlowGpt.Tests.Unit.Affinity;

public sealed class ContextHashTests
{
    private static readonly ChatMessage Question = new(ChatRole.User, "What is it?");

    [Fact]
    public void Current_SameParts_IsTheSameWhetherAddedOneByOneOrTogether()
    {
        using var together = new ContextHash("key", "model");
        together.Add([Question, new ChatMessage(ChatRole.Assistant, "This.")]);
        using var oneByOne = new ContextHash("key", "model");
        oneByOne.Add(Question);
        var between = oneByOne.Current();
        oneByOne.Add(new ChatMessage(ChatRole.Assistant, "This."));

        Assert.Equal(together.Current(), oneByOne.Current());
        Assert.NotEqual(between, oneByOne.Current());
    }

    public static TheoryData<string, string, ChatMessage[]> Others =>
        new()
        {
            { "other", "model", [Question] },
            { "key", "other", [Question] },
            { "keym", "odel", [Question] },
            { "key", "model", [Question with { Role = ChatRole.System }] },
            { "key", "model", [Question with { Name = "Ann" }] },
            { "key", "model", [Question with { ToolCallId = "Ann" }] },
            { "key", "model", [Question with { ToolCalls = [new ToolCall("1", "f", "{}")] }] },
            { "key", "model", [new ChatMessage(ChatRole.User, "What is"), new ChatMessage(ChatRole.User, " it?")] },
        };

    [Theory]
    [MemberData(nameof(Others))]
    public void Current_AnyPartDiffers_Differs(string key, string model, ChatMessage[] messages)
    {
        using var one = new ContextHash("key", "model");
        one.Add(Question);
        using var other = new ContextHash(key, model);
        other.Add(messages);

        Assert.NotEqual(one.Current(), other.Current());
    }
}
