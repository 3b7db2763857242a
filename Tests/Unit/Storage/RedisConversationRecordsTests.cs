using FlowGpt.Silo.Storage;

namespace FlowGpt.Tests.Unit.Storage;

public sealed class RedisConversationRecordsTests
{
    [Theory]
    [InlineData("flowgpt/state/conversation/master/c/talk/conversation", "master", "conversation")]
    [InlineData("flowgpt/state/conversation-page/k1/c/a/b1/0/conversation-page", "k1", "conversation-page")]
    [InlineData("flowgpt/state/response/k1/c/a/resp_1/response", "k1", "response")]
    [InlineData("flowgpt/state/ledger/k1/c/x/ledger", null, null)]
    [InlineData("flowgpt/state/pool/flowgpt/pool", null, null)]
    [InlineData("flowgpt/state/conversation", null, null)]
    [InlineData("flowgpt/state/conversation//c/x/conversation", null, null)]
    public void Parse_KeyOfARecord_GivesClientAndState(string key, string? client, string? state)
    {
        var parsed = RedisConversationRecords.Parse(key, "flowgpt/state/");

        Assert.Equal((client, state), (parsed?.Client, parsed?.State));
    }
}
