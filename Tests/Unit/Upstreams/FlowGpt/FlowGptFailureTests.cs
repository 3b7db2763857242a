using System.Net;
using System.Net.Sockets;
using FlowGpt.Grains.Interfaces.Upstreams;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

/// <summary>Every way in which a call fails, and the class of each failure.</summary>
public sealed class FlowGptFailureTests : FlowGptUpstreamTestBase
{
    private const string Secret = "upstream says: secret";

    [Theory]
    [InlineData(400, FailureClass.Caller, FailureReason.Refused)]
    [InlineData(404, FailureClass.Caller, FailureReason.Refused)]
    [InlineData(413, FailureClass.Caller, FailureReason.BadRequest)]
    [InlineData(409, FailureClass.Caller, FailureReason.Refused)]
    [InlineData(422, FailureClass.Caller, FailureReason.Refused)]
    [InlineData(423, FailureClass.Caller, FailureReason.Refused)]
    [InlineData(451, FailureClass.Caller, FailureReason.Refused)]
    [InlineData(402, FailureClass.Credential, FailureReason.QuotaExceeded)]
    [InlineData(401, FailureClass.Credential, FailureReason.Unauthorized)]
    [InlineData(403, FailureClass.Caller, FailureReason.Refused)]
    [InlineData(429, FailureClass.Credential, FailureReason.RateLimited)]
    [InlineData(408, FailureClass.Upstream, FailureReason.FirstByteTimeout)]
    [InlineData(500, FailureClass.Upstream, FailureReason.ServerError)]
    [InlineData(502, FailureClass.Upstream, FailureReason.ServerError)]
    [InlineData(503, FailureClass.Upstream, FailureReason.Overloaded)]
    [InlineData(301, FailureClass.Upstream, FailureReason.InvalidBody)]
    [InlineData(307, FailureClass.Upstream, FailureReason.InvalidBody)]
    public async Task Chat_ErrorStatus_IsClassifiedInOurWords(int status, FailureClass @class, FailureReason reason)
    {
        Backend.Chat = context => Answer(context, status, "application/json", $$"""{"message":"{{Secret}}","error":[1]}""");

        var exception = await FailureAsync();

        Assert.Equal((@class, reason, status), (exception.Failure.Class, exception.Failure.Reason, exception.Failure.StatusCode));
        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
        Assert.True(exception.MayHaveBeenSent);
        Assert.Equal(2, Backend.Requests.Count);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(403)]
    [InlineData(405)]
    public async Task Chat_WebPage_IsAChallenge(int status)
    {
        Backend.Chat = context => Answer(context, status, "text/html; charset=utf-8", "<html><script>solve me</script></html>");

        AssertFailure(await FailureAsync(), FailureClass.Upstream, FailureReason.Challenge, status);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(405)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Chat_FirewallHeader_IsAChallengeWhateverTheBody(int status)
    {
        Backend.Chat = context =>
        {
            context.Response.Headers["x-amzn-waf-action"] = "challenge";
            return Answer(context, status, "application/json", "{}");
        };

        AssertFailure(await FailureAsync(), FailureClass.Upstream, FailureReason.Challenge, status);
    }

    [Theory]
    [InlineData(200, null, " \n<!DOCTYPE html><p>one moment</p>")]
    [InlineData(200, "application/x-ndjson", "\uFEFF<html>")]
    [InlineData(403, null, "<html>")]
    public async Task Chat_PageWithoutItsType_IsAChallenge(int status, string? type, string body)
    {
        Backend.Chat = context => Answer(context, status, type, body);

        AssertFailure(await FailureAsync(), FailureClass.Upstream, FailureReason.Challenge, status);
    }

    [Theory]
    [InlineData(404, "text/html", FailureReason.InvalidBody)]
    [InlineData(502, "text/html", FailureReason.ServerError)]
    public async Task Chat_PageOfSomethingBeforeTheApi_IsNeverTheCallersFault(int status, string type, FailureReason reason)
    {
        Backend.Chat = context => Answer(context, status, type, "<html>nginx</html>");

        AssertFailure(await FailureAsync(), FailureClass.Upstream, reason, status);
    }

    [Fact]
    public async Task Chat_CompressedBody_IsInvalid()
    {
        Backend.Chat = context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return Answer(context, 200, null, "x");
        };

        AssertFailure(await FailureAsync(), FailureClass.Upstream, FailureReason.InvalidBody, 200);
    }

    [Theory]
    [InlineData("Just a moment...", FailureReason.InvalidBody)]
    [InlineData("{\"message\":\"quota\"}", FailureReason.InvalidBody)]
    [InlineData("data: {\"event\":\"text\",\"data\":\"sse\"}\n\n", FailureReason.InvalidBody)]
    [InlineData("", FailureReason.EmptyReply)]
    [InlineData("\n\r\n\n", FailureReason.EmptyReply)]
    [InlineData("{\"event\":\"text\",\"data\":\"\"}\n", FailureReason.EmptyReply)]
    [InlineData("{\"event\":\"done\",\"data\":\"x\"}\n", FailureReason.EmptyReply)]
    public async Task Chat_BodyWithoutText_Fails(string body, FailureReason reason)
    {
        Backend.Chat = context => Answer(context, 200, "text/plain", body);

        AssertFailure(await FailureAsync(), FailureClass.Upstream, reason, 200);
    }

    [Fact]
    public async Task Chat_LineLongerThanAllowed_Fails()
    {
        Options.MaxLineBytes = 1024;
        Backend.Chat = context => StubBackend.Lines(context, new string('x', 5000));

        AssertFailure(await FailureAsync(), FailureClass.Upstream, FailureReason.InvalidBody, 200);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Tue, 14 Nov 2023 22:13:50 GMT", 30)]
    public async Task Chat_RateLimited_TellsHowLongToWait(string header, int seconds)
    {
        // The test's clock is at 22:13:20 of that day.
        Backend.Chat = context =>
        {
            context.Response.Headers.RetryAfter = header;
            return Answer(context, 429, "application/json", "{}");
        };

        Assert.Equal(TimeSpan.FromSeconds(seconds), (await FailureAsync()).Failure.RetryAfter);
    }

    [Theory]
    [InlineData(401, FailureClass.Credential, FailureReason.Unauthorized)]
    [InlineData(429, FailureClass.Credential, FailureReason.RateLimited)]
    [InlineData(500, FailureClass.Upstream, FailureReason.ServerError)]
    [InlineData(400, FailureClass.Caller, FailureReason.Refused)]
    public async Task Create_ErrorStatus_FailsBeforeAnyChat(int status, FailureClass @class, FailureReason reason)
    {
        Backend.Create = context => Answer(context, status, "application/json", "{}");

        var exception = await FailureAsync();

        AssertFailure(exception, @class, reason, status);
        Assert.False(exception.MayHaveBeenSent);
        Assert.Single(Backend.Requests);
    }

    [Theory]
    [InlineData("{}", FailureReason.InvalidBody)]
    [InlineData("{\"id\":7}", FailureReason.InvalidBody)]
    [InlineData("{\"id\":\"\"}", FailureReason.InvalidBody)]
    [InlineData("{\"data\":{\"id\":\"nested\"}}", FailureReason.InvalidBody)]
    [InlineData("[\"id\"]", FailureReason.InvalidBody)]
    [InlineData("", FailureReason.InvalidBody)]
    [InlineData("<html>", FailureReason.Challenge)]
    public async Task Create_AnswerWithoutAnId_FailsBeforeAnyChat(string body, FailureReason reason)
    {
        Backend.Create = context => Answer(context, 200, "application/json", body);

        var exception = await FailureAsync();

        AssertFailure(exception, FailureClass.Upstream, reason, 200);
        Assert.False(exception.MayHaveBeenSent);
    }

    [Fact]
    public async Task Create_EndlessAnswer_Fails()
    {
        Backend.Create = context => Answer(context, 200, "application/json", $"{{\"x\":\"{new string('x', 100_000)}\"}}");

        AssertFailure(await FailureAsync(), FailureClass.Upstream, FailureReason.InvalidBody, 200);
    }

    [Fact]
    public async Task Chat_ConnectionDroppedBeforeTheReply_MayHaveBeenSent()
    {
        Backend.Chat = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        var exception = await FailureAsync();

        AssertFailure(exception, FailureClass.Upstream, FailureReason.ConnectionFailed, null);
        Assert.True(exception.MayHaveBeenSent);
    }

    [Fact]
    public async Task Chat_ConnectionDroppedInsideTheReply_IsAReset()
    {
        var textArrived = new TaskCompletionSource();
        Backend.Chat = async context =>
        {
            await StubBackend.Lines(context, """{"event":"text","data":"Hel"}""");
            await textArrived.Task;
            context.Abort();
        };
        var text = new RecordedEvents();
        await using var reply = await Upstream.OpenAsync(Call(), Deadline);
        Assert.True(await reply.ReadAsync(text, Deadline));
        textArrived.SetResult();

        var exception = await Assert.ThrowsAsync<Grains.Upstreams.UpstreamException>(() => reply.ReadAsync(text, Deadline).AsTask());

        AssertFailure(exception, FailureClass.Upstream, FailureReason.ConnectionReset, 200);
        Assert.True(exception.MayHaveBeenSent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_NobodyListens_WasNotSent(bool history)
    {
        using (var taken = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Options.BaseUrl = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}";
        }

        Options.ContextMode = history ? "history" : "conversation";

        var exception = await FailureAsync();

        AssertFailure(exception, FailureClass.Upstream, FailureReason.ConnectionFailed, null);
        Assert.False(exception.MayHaveBeenSent);
    }

    [Fact]
    public async Task Open_TokenThatNoHeaderCarries_IsTheAccountsFault()
    {
        var exception = await FailureAsync(Call() with { Credential = CredentialOf("two\r\nlines", "device-1") });

        AssertFailure(exception, FailureClass.Credential, FailureReason.Unauthorized, null);
        Assert.False(exception.MayHaveBeenSent);
        Assert.Empty(Backend.Requests);
    }

    [Fact]
    public async Task Open_ExpiredToken_IsNotSent()
    {
        Time.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

        var exception = await FailureAsync();

        AssertFailure(exception, FailureClass.Credential, FailureReason.Expired, null);
        Assert.False(exception.MayHaveBeenSent);
        Assert.Empty(Backend.Requests);
    }

    [Fact]
    public async Task Open_AnyFailure_NeverHoldsPromptOrToken()
    {
        Backend.Chat = context => Answer(context, 500, "application/json", "{}");

        var exception = await FailureAsync(Call(Messages.User("my secret prompt")));

        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Token, exception.ToString(), StringComparison.Ordinal);
    }

    private static Task Answer(HttpContext context, int status, string? type, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body);
    }

    private static void AssertFailure(
        Grains.Upstreams.UpstreamException exception,
        FailureClass @class,
        FailureReason reason,
        int? status
    ) => Assert.Equal((@class, reason, status), (exception.Failure.Class, exception.Failure.Reason, exception.Failure.StatusCode));
}
