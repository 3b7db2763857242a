using System.Net;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects;

/// <summary>Streams when upstreams, grains or clients fail or are slow.</summary>
public sealed class StreamTests
{
    private const string Body = """{"model":"gpt-4-free","messages":[{"role":"user","content":"hi"}]}""";
    private const string StreamBody = """{"model":"gpt-4-free","stream":true,"messages":[{"role":"user","content":"hi"}]}""";

    private const string ResponsesBody = """{"model":"gpt-4-free","store":false,"stream":true,"input":"hi"}""";
    private const string MessagesBody =
        """{"model":"gpt-4-free","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]}""";

    /// <summary>Long enough for some attempts.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Stream_FailsAfterText_IsAnErrorEventAndACutBody()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Says("half").Fails(TurnErrorKind.UpstreamFailed, " more");

        using var response = await host.PostChatAsync(StreamBody);
        var (text, ended) = await BrokenBody.ReadAsync(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(ended);
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("\"content\":\" more\"", events[^2], StringComparison.Ordinal);
        var error = ErrorBody.Parse(events[^1]["data: ".Length..]);
        Assert.Equal(("server_error", "upstream_error"), (error.Type, error.Code));
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"finish_reason\":\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_FailsAfterTextWithoutAbort_EndsThereWithoutEndMark()
    {
        await using var host = await FrontendHost.StartAsync(options => options.AbortOnStreamError = false);
        host.Grains.OnConversation = (conversation, _) => conversation.Says("half").Fails(TurnErrorKind.UpstreamFailed);

        using var response = await host.PostChatAsync(StreamBody);
        var (text, ended) = await BrokenBody.ReadAsync(response);

        Assert.True(ended);
        Assert.EndsWith("\"code\":\"upstream_error\"}}\n\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"finish_reason\":\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("epoch")]
    [InlineData("unreachable")]
    public async Task Stream_LostAfterText_IsInterrupted(string how)
    {
        await using var host = await FrontendHost.StartAsync(options => options.LostAfter = Moment);
        host.Grains.OnConversation = (conversation, _) => Lose(conversation.Says("half"), how);

        using var response = await host.PostChatAsync(StreamBody);
        var (text, ended) = await BrokenBody.ReadAsync(response);

        Assert.False(ended);
        Assert.EndsWith("\"code\":\"interrupted\"}}\n\n", text, StringComparison.Ordinal);
        Assert.Single(host.Grains.Conversations);
    }

    [Theory]
    [InlineData(true, "unknown")]
    [InlineData(true, "unreachable")]
    [InlineData(true, "interrupted")]
    [InlineData(false, "unknown")]
    [InlineData(false, "unreachable")]
    [InlineData(false, "interrupted")]
    public async Task Run_LostBeforeAnythingWasSent_StartsAnewElsewhere(bool stream, string how)
    {
        await using var host = await FrontendHost.StartAsync(options => options.LostAfter = Moment);
        host.Grains.OnConversation = (conversation, n) => _ = n == 0 ? Lose(conversation, how) : conversation.Completes("second");

        using var response = await host.PostChatAsync(stream ? StreamBody : Body);
        var text = await response.Content.ReadAsStringAsync();

        Assert.Contains("\"content\":\"second\"", text, StringComparison.Ordinal);
        Assert.Equal(2, host.Grains.Conversations.Count);
        Assert.NotEqual(host.Grains.Conversations[0].Starts[0].ResponseId, host.Grains.Conversations[1].Starts[0].ResponseId);
        Assert.Contains(host.Grains.Conversations[1].Starts[0].ResponseId, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnstreamedLostAfterText_ForgetsTheFirstText()
    {
        await using var host = await FrontendHost.StartAsync(options => options.LostAfter = Moment);
        host.Grains.OnConversation = (conversation, n) =>
            _ = n == 0 ? Lose(conversation.Says("first"), "epoch") : conversation.Completes("second");

        using var response = await host.PostChatAsync(Body);

        Assert.Contains("\"content\":\"second\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LostAgainAndAgain_Is503AfterThreeRestarts()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.IsUnknown();

        using var response = await host.PostChatAsync(StreamBody);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("interrupted", (await ErrorBody.ReadAsync(response)).Code);
        Assert.Equal("1", response.Headers.GetValues("retry-after").Single());
        Assert.Equal(4, host.Grains.Conversations.Count);
    }

    [Fact]
    public async Task Run_StoredTurnSaysInterrupted_IsStartedAnewOnceOnly()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) =>
            conversation.Fails(TurnErrorKind.Interrupted).Fails(TurnErrorKind.Interrupted).Completes("too late");

        using var response = await host.PostChatAsync(Body, request => request.Headers.Add("X-Conversation-Id", "c"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(2, Assert.Single(host.Grains.Conversations).Starts.Count);
    }

    [Fact]
    public async Task Run_CallsFailInPassing_AreRepeated()
    {
        await using var host = await FrontendHost.StartAsync();
        var starts = 0;
        host.Grains.OnConversation = (conversation, _) =>
        {
            conversation.OnStart = turn =>
                ++starts == 1 ? throw new TimeoutException() : new StartResult.Accepted(turn.ResponseId, ScriptedConversation.CreatedAt, 7);
            conversation.Throws(new SiloUnavailableException()).Says("a").Throws(new TimeoutException()).Completes("b");
        };

        using var response = await host.PostChatAsync(StreamBody);
        var (text, ended) = await BrokenBody.ReadAsync(response);

        Assert.True(ended);
        Assert.Contains("\"content\":\"a\"", text, StringComparison.Ordinal);
        Assert.Contains("\"content\":\"b\"", text, StringComparison.Ordinal);
        var first = Assert.Single(host.Grains.Conversations[0].Starts);
        var second = Assert.Single(host.Grains.Conversations[1].Starts);
        Assert.NotEqual(first.ResponseId, second.ResponseId);
        Assert.Equal(first.ResponseId, await host.Grains.Conversations[0].Cancelled.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Start_OfAStoredTurnFailsInPassing_IsRepeatedWhereItBelongs()
    {
        await using var host = await FrontendHost.StartAsync();
        var starts = 0;
        host.Grains.OnConversation = (conversation, _) =>
        {
            conversation.OnStart = turn =>
                ++starts == 1 ? throw new TimeoutException() : new StartResult.Accepted(turn.ResponseId, ScriptedConversation.CreatedAt, 7);
            conversation.Completes("a");
        };

        using var response = await host.PostChatAsync(Body, request => request.Headers.Add("X-Conversation-Id", "c"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var conversation = Assert.Single(host.Grains.Conversations);
        Assert.Equal(2, conversation.Starts.Count);
        Assert.Equal(conversation.Starts[0].ResponseId, conversation.Starts[1].ResponseId);
    }

    [Fact]
    public async Task Start_NeverReachable_Is503()
    {
        await using var host = await FrontendHost.StartAsync(options => options.StartWithin = Moment);
        host.Grains.OnConversation = (conversation, _) => conversation.OnStart = _ => throw new SiloUnavailableException();

        using var response = await host.PostChatAsync(Body);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("interrupted", (await ErrorBody.ReadAsync(response)).Code);
    }

    [Theory]
    [InlineData("/v1/chat/completions", StreamBody, 2, ": ping\n", "data: {")]
    [InlineData("/v1/responses", ResponsesBody, 5, ": ping\n", "event: response.output_text.delta\n")]
    [InlineData("/v1/messages", MessagesBody, 3, "event: ping\ndata: {\"type\":\"ping\"}\n\n", "event: content_block_delta\n")]
    public async Task Stream_Silent_GetsAHeartbeatEveryInterval(string path, string body, int events, string heartbeat, string next)
    {
        var time = new FakeTimeProvider();
        await using var host = await FrontendHost.StartAsync(time: time);
        ScriptedConversation? conversation = null;
        var begun = new EventLog().Add(EventKind.MessageStarted, 0, "").Text(0, "a");
        host.Grains.OnConversation = (created, _) => conversation = created.Gives(begun);

        using var response = await host.PostChatAsync(body, request => request.RequestUri = new Uri(path, UriKind.Relative));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await SkipEventsAsync(reader, events);
        var silent = TimeSpan.Zero;
        while (silent < TimeSpan.FromSeconds(15))
        {
            var wait = await conversation!.Waits.ReadAsync().AsTask().WaitAsync(Deadline);
            Assert.True(wait > TimeSpan.Zero && wait <= TimeSpan.FromSeconds(2));
            silent += wait;
            time.Advance(wait);
        }

        Assert.Equal(TimeSpan.FromSeconds(15), silent);
        var came = new char[heartbeat.Length];
        Assert.Equal(came.Length, await reader.ReadBlockAsync(came).AsTask().WaitAsync(Deadline));
        Assert.Equal(heartbeat, new string(came));
        conversation!.Ends(FinishReason.Stop, new EventLog().Text(0, "b").End(0));
        var rest = await reader.ReadToEndAsync().WaitAsync(Deadline);
        Assert.StartsWith(next, rest, StringComparison.Ordinal);
        Assert.DoesNotContain("ping", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_WithLinger_SendsTheFirstTextAtOnceAndTheNextAfterIt()
    {
        var time = new FakeTimeProvider();
        await using var host = await FrontendHost.StartAsync(options => options.StreamLinger = TimeSpan.FromMilliseconds(20), time);
        host.Grains.OnConversation = (created, _) => created.Says("a").Completes("b");

        using var response = await host.PostChatAsync(StreamBody).WaitAsync(Deadline);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await SkipEventsAsync(reader, 2);
        var rest = reader.ReadToEndAsync();
        Assert.False(rest.IsCompleted);
        while (!rest.IsCompleted)
        {
            // The wait may not be armed yet, and the work after the wait takes some time.
            time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.WhenAny(rest, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System)).WaitAsync(Deadline);
        }

        Assert.Contains("\"content\":\"b\"", await rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_SilentBeforeItsFirstText_SendsNothing()
    {
        var time = new FakeTimeProvider();
        await using var host = await FrontendHost.StartAsync(time: time);
        var created = new TaskCompletionSource<ScriptedConversation>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Grains.OnConversation = (conversation, _) => created.SetResult(conversation);

        var pending = host.PostChatAsync(StreamBody);
        var conversation = await created.Task.WaitAsync(Deadline);
        for (var i = 0; i < 10; i++)
        {
            time.Advance(await conversation.Waits.ReadAsync().AsTask().WaitAsync(Deadline));
        }

        Assert.False(pending.IsCompleted);
        conversation.Fails(TurnErrorKind.UpstreamTimeout);
        using var response = await pending.WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
    }

    [Fact]
    public async Task Stream_SilentBeforeItsFirstTextAndEarlyStreamAfter_BeginsThenAndFailsAsAnEvent()
    {
        var time = new FakeTimeProvider();
        await using var host = await FrontendHost.StartAsync(options => options.EarlyStreamAfter = TimeSpan.FromSeconds(7), time);
        var created = new TaskCompletionSource<ScriptedConversation>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Grains.OnConversation = (conversation, _) => created.SetResult(conversation);

        var pending = host.PostChatAsync(StreamBody);
        var conversation = await created.Task.WaitAsync(Deadline);
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(6); )
        {
            var wait = await conversation.Waits.ReadAsync().AsTask().WaitAsync(Deadline);
            time.Advance(wait);
            passed += wait;
        }

        await conversation.Waits.ReadAsync().AsTask().WaitAsync(Deadline);
        Assert.False(pending.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        using var response = await pending.WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        conversation.Fails(TurnErrorKind.UpstreamTimeout);
        var (text, ended) = await BrokenBody.ReadAsync(response);
        Assert.StartsWith(": waiting\ndata: {", text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"upstream_timeout\"", text, StringComparison.Ordinal);
        Assert.False(ended);
    }

    [Fact]
    public async Task Run_OverrunsItsTime_Is504AndCancelled()
    {
        var time = new FakeTimeProvider();
        await using var host = await FrontendHost.StartAsync(options => options.RequestTimeout = TimeSpan.FromSeconds(10), time);
        var created = new TaskCompletionSource<ScriptedConversation>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Grains.OnConversation = (conversation, _) => created.SetResult(conversation);

        var pending = host.PostChatAsync(Body);
        var conversation = await created.Task.WaitAsync(Deadline);
        for (var waited = TimeSpan.Zero; waited < TimeSpan.FromSeconds(15); )
        {
            var wait = await conversation.Waits.ReadAsync().AsTask().WaitAsync(Deadline);
            waited += wait;
            time.Advance(wait);
        }

        using var response = await pending.WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal(conversation.Starts[0].ResponseId, await conversation.Cancelled.WaitAsync(Deadline));
    }

    private static ScriptedConversation Lose(ScriptedConversation conversation, string how)
    {
        switch (how)
        {
            case "unknown":
                return conversation.IsUnknown();
            case "interrupted":
                return conversation.Fails(TurnErrorKind.Interrupted);
            case "epoch":
                conversation.Epoch = new Guid("00000000-0000-0000-0000-000000000002");
                return conversation.Says("of another activation");
            default:
                return conversation.IsUnreachable();
        }
    }

    private static async Task SkipEventsAsync(StreamReader reader, int count)
    {
        while (count > 0)
        {
            var line = await reader.ReadLineAsync().WaitAsync(Deadline);
            Assert.NotNull(line);
            count -= line.Length == 0 ? 1 : 0;
        }
    }
}
