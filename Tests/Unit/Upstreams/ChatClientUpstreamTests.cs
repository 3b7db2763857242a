using System.Buffers;
using System.Net;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Tests.Unit.Replies;
using FlowGpt.Tests.Unit.Upstreams.FlowGpt;
using Microsoft.Extensions.AI;
using ChatMessage = FlowGpt.Grains.Interfaces.Chat.ChatMessage;
using ChatRole = FlowGpt.Grains.Interfaces.Chat.ChatRole;

namespace FlowGpt.Tests.Unit.Upstreams;

public sealed class ChatClientUpstreamTests
{
    private readonly ScriptedChatClient _client = new();
    private readonly ArrayBufferWriter<byte> _text = new();

    private static CancellationToken Deadline => TestDeadline.Token;

    private static UpstreamRequest Request => FlowGptUpstreamTestBase.Request();

    [Fact]
    public async Task Open_WholeContext_ReachesTheClient()
    {
        _client.Say("ok");
        _client.End();
        var request = Request with
        {
            Messages =
            [
                new ChatMessage(ChatRole.System, "S"),
                new ChatMessage(ChatRole.User, "U", "Ann"),
                new ChatMessage(ChatRole.Assistant, "", ToolCalls: [new("c1", "f", """{"a":1}"""), new("c2", "g", "not json")]),
                new ChatMessage(ChatRole.Tool, "R", ToolCallId: "c1"),
            ],
            Options = new GenerationOptions(MaxOutputTokens: 5, Stop: ["x"], Temperature: 0.5),
        };

        await using var reply = await new ChatClientUpstream(_client).OpenAsync(request, Deadline);

        Assert.Equal(["system", "user", "assistant", "tool"], _client.Messages.Select(message => message.Role.Value));
        Assert.Equal(("U", "Ann"), (_client.Messages[1].Text, _client.Messages[1].AuthorName));
        var calls = _client.Messages[2].Contents.Cast<FunctionCallContent>().ToList();
        Assert.Equal("1", calls[0].Arguments!["a"]!.ToString());
        Assert.Equal("not json", calls[1].Arguments!["arguments"]);
        Assert.Equal("R", Assert.IsType<FunctionResultContent>(Assert.Single(_client.Messages[3].Contents)).Result);
        Assert.Equal(("FlowGPT-Ares", 0.5f), (_client.Options!.ModelId, _client.Options.Temperature));
        Assert.Null(_client.Options.MaxOutputTokens);
        Assert.Null(_client.Options.StopSequences);
    }

    [Fact]
    public async Task Read_SeveralUpdatesReady_ComeTogether()
    {
        _client.Say("a", "", "b", "c");
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Request, Deadline);

        Assert.True(await reply.ReadAsync(_text, Deadline));
        Assert.Equal("abc", _text.Written());
        _client.Say("d");
        _client.End();
        Assert.True(await reply.ReadAsync(_text, Deadline));
        Assert.Equal("abcd", _text.Written());
        Assert.False(await reply.ReadAsync(_text, Deadline));
        Assert.Null(reply.UpstreamConversationId);
    }

    [Fact]
    public async Task Read_PairSplitOverUpdates_ComesOutWhole()
    {
        _client.Say("a\ud83d", "\ude42b", "\ud83d");
        _client.End();
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Request, Deadline);

        while (await reply.ReadAsync(_text, Deadline)) { }

        Assert.Equal("a🙂b\uFFFD", _text.Written());
    }

    [Fact]
    public async Task Read_NoText_IsAnEmptyReply()
    {
        _client.End();
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Request, Deadline);

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => reply.ReadAsync(_text, Deadline).AsTask());

        Assert.Equal(FailureReason.EmptyReply, failure.Failure.Reason);
    }

    [Fact]
    public async Task Read_ClientFailsAfterText_GivesTheTextFirst()
    {
        _client.Say("a");
        _client.End(new IOException("secret"));
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Request, Deadline);

        Assert.True(await reply.ReadAsync(_text, Deadline));
        var failure = await Assert.ThrowsAsync<UpstreamException>(() => reply.ReadAsync(_text, Deadline).AsTask());

        Assert.Equal(FailureClass.Upstream, failure.Failure.Class);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ErrorInsideTheReply_IsAFailure()
    {
        _client.Say(new ErrorContent("secret"));
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Request, Deadline);

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => reply.ReadAsync(_text, Deadline).AsTask());

        Assert.Equal(FailureClass.Upstream, failure.Failure.Class);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, FailureClass.Caller, FailureReason.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized, FailureClass.Credential, FailureReason.Unauthorized)]
    [InlineData(HttpStatusCode.TooManyRequests, FailureClass.Credential, FailureReason.RateLimited)]
    [InlineData(HttpStatusCode.BadGateway, FailureClass.Upstream, FailureReason.ServerError)]
    public async Task Open_HttpStatus_IsClassifiedAsOurOwnClientDoes(HttpStatusCode status, FailureClass @class, FailureReason reason)
    {
        _client.End(new HttpRequestException("secret", null, status));

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => new ChatClientUpstream(_client).OpenAsync(Request, Deadline));

        Assert.Equal((@class, reason, (int)status), (failure.Failure.Class, failure.Failure.Reason, failure.Failure.StatusCode));
    }

    [Fact]
    public async Task Open_OwnClassification_GoesFirst()
    {
        _client.End(new InvalidOperationException("429"));
        var upstream = new ChatClientUpstream(
            _client,
            _ => new UpstreamFailureKind(FailureClass.Credential, FailureReason.RateLimited, 429, TimeSpan.FromSeconds(3))
        );

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => upstream.OpenAsync(Request, Deadline));

        Assert.Equal(FailureReason.RateLimited, failure.Failure.Reason);
        Assert.Equal(TimeSpan.FromSeconds(3), failure.Failure.RetryAfter);
    }

    [Fact]
    public async Task Open_NoClientForTheRequest_IsClassified()
    {
        var upstream = new ChatClientUpstream(_ => throw new NotSupportedException());

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => upstream.OpenAsync(Request, Deadline));

        Assert.Equal(FailureClass.Caller, failure.Failure.Class);
    }

    [Fact]
    public async Task Read_CallerCancels_CancelsTheClient()
    {
        using var caller = new CancellationTokenSource();
        _client.Say("a");
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Request, Deadline);
        Assert.True(await reply.ReadAsync(_text, caller.Token));
        var reading = reply.ReadAsync(_text, caller.Token).AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await _client.Cancelled.Task.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Dispose_BeforeTheEnd_CancelsTheClientAndKeepsIt()
    {
        _client.Say("a");
        var reply = await new ChatClientUpstream(_client).OpenAsync(Request, Deadline);
        Assert.True(await reply.ReadAsync(_text, Deadline));

        await reply.DisposeAsync();

        await _client.Cancelled.Task.WaitAsync(Deadline);
        Assert.False(_client.Disposed);
    }
}
