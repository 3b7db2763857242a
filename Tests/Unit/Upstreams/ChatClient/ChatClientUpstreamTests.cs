using System.Net;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.ChatClient;
using FlowGpt.Tests.Unit.Upstreams.FlowGpt;
using Microsoft.Extensions.AI;

namespace FlowGpt.Tests.Unit.Upstreams.ChatClient;

public sealed class ChatClientUpstreamTests
{
    private readonly ScriptedChatClient _client = new();
    private readonly RecordedEvents _events = new();

    private static CancellationToken Deadline => TestDeadline.Token;

    private static UpstreamCall Call => FlowGptUpstreamTestBase.Call();

    [Fact]
    public async Task Open_WholeContext_ReachesTheClient()
    {
        _client.Say("ok");
        _client.End();
        var call = FlowGptUpstreamTestBase.Call(
            Messages.System("S"),
            Messages.User("U") with
            {
                Name = "Ann",
            },
            Messages.Assistant(""),
            new ToolCallItem("c1", "f", """{"a":1}"""),
            new ToolCallItem("c2", "g", "not json"),
            new ToolResultItem("c1", [new TextPart("R")])
        ) with
        {
            Sampling = new()
            {
                MaxOutputTokens = 5,
                Stop = ["x"],
                Temperature = 0.5,
            },
        };

        await using var reply = await new ChatClientUpstream(_client).OpenAsync(call, Deadline);

        Assert.Equal(["system", "user", "assistant", "tool"], _client.Messages.Select(message => message.Role.Value));
        Assert.Equal(("U", "Ann"), (_client.Messages[1].Text, _client.Messages[1].AuthorName));
        var calls = _client.Messages[2].Contents.OfType<FunctionCallContent>().ToList();
        Assert.Equal("1", calls[0].Arguments!["a"]!.ToString());
        Assert.Equal("not json", calls[1].Arguments!["arguments"]);
        Assert.Equal("R", Assert.IsType<FunctionResultContent>(Assert.Single(_client.Messages[3].Contents)).Result);
        Assert.Equal(("prompt-1", 0.5f), (_client.Options!.ModelId, _client.Options.Temperature));
        Assert.Null(_client.Options.MaxOutputTokens);
        Assert.Null(_client.Options.StopSequences);
    }

    [Fact]
    public async Task Read_SeveralUpdatesReady_ComeTogether()
    {
        _client.Say("a", "", "b", "c");
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Call, Deadline);

        Assert.True(await reply.ReadAsync(_events, Deadline));
        Assert.Equal("abc", _events.Text);
        _client.Say("d");
        _client.End();
        while (await reply.ReadAsync(_events, Deadline)) { }

        Assert.Equal("abcd", _events.Text);
        Assert.Null(reply.ConversationId);
    }

    [Fact]
    public async Task Read_PairSplitOverUpdates_ComesOutWhole()
    {
        _client.Say("a\ud83d", "\ude42b", "\ud83d");
        _client.End();
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Call, Deadline);

        while (await reply.ReadAsync(_events, Deadline)) { }

        Assert.Equal("a🙂b\uFFFD", _events.Text);
    }

    [Fact]
    public async Task Read_NoText_IsAnEmptyReply()
    {
        _client.End();
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Call, Deadline);

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => reply.ReadAsync(_events, Deadline).AsTask());

        Assert.Equal(FailureReason.EmptyReply, failure.Failure.Reason);
    }

    [Fact]
    public async Task Read_ClientFailsAfterText_GivesTheTextFirst()
    {
        _client.Say("a");
        _client.End(new IOException("secret"));
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Call, Deadline);

        Assert.True(await reply.ReadAsync(_events, Deadline));
        var failure = await Assert.ThrowsAsync<UpstreamException>(() => reply.ReadAsync(_events, Deadline).AsTask());

        Assert.Equal(FailureClass.Upstream, failure.Failure.Class);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ErrorInsideTheReply_IsAFailure()
    {
        _client.Say(new ErrorContent("secret"));
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Call, Deadline);

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => reply.ReadAsync(_events, Deadline).AsTask());

        Assert.Equal(FailureClass.Upstream, failure.Failure.Class);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, FailureClass.Caller, FailureReason.Refused)]
    [InlineData(HttpStatusCode.Unauthorized, FailureClass.Credential, FailureReason.Unauthorized)]
    [InlineData(HttpStatusCode.TooManyRequests, FailureClass.Credential, FailureReason.RateLimited)]
    [InlineData(HttpStatusCode.BadGateway, FailureClass.Upstream, FailureReason.ServerError)]
    public async Task Open_HttpStatus_IsClassifiedAsOurOwnClientDoes(HttpStatusCode status, FailureClass @class, FailureReason reason)
    {
        _client.End(new HttpRequestException("secret", null, status));

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => new ChatClientUpstream(_client).OpenAsync(Call, Deadline));

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

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => upstream.OpenAsync(Call, Deadline));

        Assert.Equal(FailureReason.RateLimited, failure.Failure.Reason);
        Assert.Equal(TimeSpan.FromSeconds(3), failure.Failure.RetryAfter);
    }

    [Fact]
    public async Task Open_NoClientForTheRequest_IsClassified()
    {
        var upstream = new ChatClientUpstream(_ => throw new NotSupportedException());

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => upstream.OpenAsync(Call, Deadline));

        Assert.Equal(FailureClass.Caller, failure.Failure.Class);
    }

    [Fact]
    public async Task Read_CallerCancels_CancelsTheClient()
    {
        using var caller = new CancellationTokenSource();
        _client.Say("a");
        await using var reply = await new ChatClientUpstream(_client).OpenAsync(Call, Deadline);
        Assert.True(await reply.ReadAsync(_events, caller.Token));
        var reading = reply.ReadAsync(_events, caller.Token).AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await _client.Cancelled.Task.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Dispose_BeforeTheEnd_CancelsTheClientAndKeepsIt()
    {
        _client.Say("a");
        var reply = await new ChatClientUpstream(_client).OpenAsync(Call, Deadline);
        Assert.True(await reply.ReadAsync(_events, Deadline));

        await reply.DisposeAsync();

        await _client.Cancelled.Task.WaitAsync(Deadline);
        Assert.False(_client.Disposed);
    }
}
