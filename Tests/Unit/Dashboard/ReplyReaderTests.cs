using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Dashboard.Playground;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Dashboard;

/// <summary>What the playground has of a reply, however it ends.</summary>
public sealed class ReplyReaderTests
{
    private const string Begin = """
        data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"}}]}

        data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":" there"}}]}


        """;

    private const string End = """
        data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}

        data: [DONE]


        """;

    private const string Error = """
        data: {"error":{"message":"The provider broke off.","type":"server_error","param":null,"code":"interrupted"}}


        """;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Send_WholeStream_HasItsTextReasonAndTokens()
    {
        var reply = await SendAsync(Begin + End, "text/event-stream", isBroken: false);

        Assert.Equal(
            ("Hello there", "stop", 3, 2, false, null),
            (reply.Text.ToString(), reply.FinishReason, reply.Input, reply.Output, reply.IsCut, reply.Problem)
        );
    }

    [Fact]
    public async Task Send_StreamBreaksOff_KeepsWhatCameAndSaysSo()
    {
        var seen = new List<string>();

        var reply = await SendAsync(Begin, "text/event-stream", isBroken: true, one => seen.Add(one.Text.ToString()));

        Assert.Equal(["Hello", "Hello there"], seen);
        Assert.Equal(
            ("Hello there", "chatcmpl-1", "req_1", 200, true),
            (reply.Text.ToString(), reply.ResponseId, reply.RequestId, reply.Status, reply.IsCut)
        );
        Assert.Equal(new ReplyError(null, null), reply.Problem);
        Assert.Null(reply.FinishReason);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)), (reply.FirstToken, reply.Total));
    }

    [Fact]
    public async Task Send_StreamBreaksOffAfterAnErrorOfTheGateway_KeepsTheError()
    {
        var reply = await SendAsync(Begin + Error, "text/event-stream", isBroken: true);

        Assert.Equal(new ReplyError("The provider broke off.", null), reply.Problem);
        Assert.Equal("Hello there", reply.Text.ToString());
    }

    [Theory]
    [InlineData("""{"error":{"message":"There is no route x.","param":"model"}}""", "There is no route x.", "model")]
    [InlineData("<html>Bad gateway</html>", null, null)]
    public async Task Send_Refused_HasTheProblemAndNoText(string body, string? message, string? param)
    {
        var reply = await SendAsync(body, "text/html", isBroken: false, status: HttpStatusCode.BadGateway);

        Assert.Equal(new ReplyError(message, param), reply.Problem);
        Assert.Equal((502, 0, false), (reply.Status, reply.Text.Length, reply.IsCut));
    }

    private async Task<Reply> SendAsync(
        string body,
        string type,
        bool isBroken,
        Action<Reply>? changed = null,
        HttpStatusCode status = HttpStatusCode.OK
    )
    {
        using var http = new HttpClient(new Answer(body, type, isBroken, status, _time)) { BaseAddress = new Uri("http://gateway/") };
        return await new ReplyReader(http, _time).SendAsync(
            "key",
            new JsonObject { ["stream"] = true },
            changed ?? (static _ => { }),
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>Answers with a body that comes line by line, a second each time that there is something to read, and may break off at its end.</summary>
    private sealed class Answer(string body, string type, bool isBroken, HttpStatusCode status, FakeTimeProvider time) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(status) { Content = new StreamContent(new Events(body, isBroken, time)) };
            response.Headers.Add("x-request-id", "req_1");
            response.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            return Task.FromResult(response);
        }
    }

    private sealed class Events(string body, bool isBroken, FakeTimeProvider time) : MemoryStream(Encoding.UTF8.GetBytes(body))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            if (isBroken && Position == Length)
            {
                throw new IOException("The connection was reset.");
            }

            var end = body.IndexOf("\n\n", (int)Position, StringComparison.Ordinal);
            var length = end < 0 ? (int)(Length - Position) : end + 2 - (int)Position;
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, length)], cancellationToken);
        }
    }
}
