using System.Net;
using System.Net.Sockets;
using System.Text;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.OpenAi;
using Microsoft.Extensions.Time.Testing;
using static FlowGpt.Tests.Unit.Upstreams.OpenAi.OpenAiCalls;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>Connections to a server whose bytes each test writes.</summary>
public sealed class OpenAiConnectionTests : IDisposable
{
    private static readonly string Body = ChatBody.Stream("""{"content":"Hello"}""");

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly FakeTimeProvider _time = new();
    private readonly OpenAiUpstream _upstream;

    public OpenAiConnectionTests()
    {
        _server.Start();
        _upstream = Upstream(Definition($"http://{_server.LocalEndpoint}/v1"), _time);
    }

    public void Dispose()
    {
        _upstream.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Send_IdleConnectionThatDiesUnderTheRequest_IsSentOnceMore()
    {
        var first = ReplyAsync(_upstream);
        using var connection = await AcceptAsync();
        await AnswerAsync(connection, Ok(Body));
        Assert.Equal("Hello", (await first).Text);
        _time.Advance(TimeSpan.FromMilliseconds(100));

        var second = ReplyAsync(_upstream);
        await ReadRequestAsync(connection);
        connection.Close();
        using var fresh = await AcceptAsync();
        await AnswerAsync(fresh, Ok(Body));

        Assert.Equal("Hello", (await second).Text);
    }

    /// <summary>Some servers close a connection behind each reply without saying so: no account is at fault for it.</summary>
    [Fact]
    public async Task Send_ConnectionThatWasJustUsed_ResetUnderTheRequest_IsSentOnceMore()
    {
        var first = ReplyAsync(_upstream);
        using var connection = await AcceptAsync();
        await AnswerAsync(connection, Ok(Body));
        await first;

        var second = ReplyAsync(_upstream);
        await ReadRequestAsync(connection);
        connection.Client.Close(timeout: 0);
        using var fresh = await AcceptAsync();
        await AnswerAsync(fresh, Ok(Body));

        Assert.Equal("Hello", (await second).Text);
    }

    [Fact]
    public async Task Send_NewConnectionThatDies_IsNotSentAgain()
    {
        var reply = ReplyAsync(_upstream);
        using var connection = await AcceptAsync();
        await ReadRequestAsync(connection);
        connection.Client.Close(timeout: 0);

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => reply);
        Assert.Equal((FailureReason.ConnectionFailed, true), (exception.Failure.Reason, exception.MayHaveBeenSent));
        Assert.False(_server.Pending());
    }

    /// <summary>A server that began to answer has the request: sent again, it would be made twice.</summary>
    [Fact]
    public async Task Send_ReusedConnectionThatDiesInsideTheHead_IsNotSentAgain()
    {
        var first = ReplyAsync(_upstream);
        using var connection = await AcceptAsync();
        await AnswerAsync(connection, Ok(Body));
        await first;
        _time.Advance(TimeSpan.FromSeconds(5));

        var second = ReplyAsync(_upstream);
        await AnswerAsync(connection, "HTTP/1.1 200 OK\r\nContent-Ty");
        connection.Close();

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => second);
        Assert.Equal((FailureReason.ConnectionFailed, true), (exception.Failure.Reason, exception.MayHaveBeenSent));
        Assert.False(_server.Pending());
    }

    [Fact]
    public async Task Send_Redirect_IsNotFollowed()
    {
        var reply = ReplyAsync(_upstream);
        using var connection = await AcceptAsync();
        await AnswerAsync(
            connection,
            $"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://{_server.LocalEndpoint}/other\r\nContent-Length: 0\r\n\r\n"
        );

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => reply);
        Assert.Equal((FailureClass.Upstream, FailureReason.InvalidBody), (exception.Failure.Class, exception.Failure.Reason));
        Assert.False(_server.Pending());
    }

    [Fact]
    public async Task Open_CredentialOfAnotherPool_SendsNothing()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _upstream.OpenAsync(Call(credential: Credential(pool: "other")), TestDeadline.Token)
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => _upstream.ListModelsAsync(Credential(pool: "other"), TestDeadline.Token));
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _upstream.EmbedAsync(new EmbeddingCall(new("other", "m"), "k", "\"x\"", null, Credential(pool: "other")), TestDeadline.Token)
        );

        Assert.False(_server.Pending());
    }

    [Fact]
    public async Task Open_NoAnswer_TimesOutAtTheFirstByte()
    {
        var opening = _upstream.OpenAsync(Call(), TestDeadline.Token);
        using var connection = await AcceptAsync();
        await ReadRequestAsync(connection);

        _time.Advance(TimeSpan.FromSeconds(120));

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => opening);
        Assert.Equal((FailureReason.FirstByteTimeout, true), (exception.Failure.Reason, exception.MayHaveBeenSent));
    }

    [Fact]
    public async Task Read_SilenceInsideTheReply_TimesOut()
    {
        var events = new RecordedReply();
        var opening = _upstream.OpenAsync(Call(), TestDeadline.Token);
        using var connection = await AcceptAsync();
        await AnswerAsync(connection, Head() + Chunked(ChatBody.Event(ChatBody.Chunk("""{"content":"Hel"}"""))));
        await using var reply = await opening;
        Assert.True(await reply.ReadAsync(events, TestDeadline.Token));

        var reading = reply.ReadAsync(events, TestDeadline.Token).AsTask();
        _time.Advance(TimeSpan.FromSeconds(120));

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => reading);
        Assert.Equal((FailureReason.IdleTimeout, "Hel"), (exception.Failure.Reason, events.Text));
    }

    [Fact]
    public async Task Read_NothingAfterTheFinishReason_IsAWholeReply()
    {
        var events = new RecordedReply();
        var opening = _upstream.OpenAsync(Call(), TestDeadline.Token);
        using var connection = await AcceptAsync();
        await AnswerAsync(connection, Head() + Chunked(ChatBody.Event(ChatBody.Chunk("""{"content":"Hel"}""", "\"stop\""))));
        await using var reply = await opening;
        Assert.True(await reply.ReadAsync(events, TestDeadline.Token));

        var reading = reply.ReadAsync(events, TestDeadline.Token).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await reading);
        Assert.True(Assert.Single(events.Items).HasEnded);
    }

    private static string Head() => "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static string Chunked(string data) => $"{Encoding.UTF8.GetByteCount(data):x}\r\n{data}\r\n";

    private static string Ok(string body) => Head() + Chunked(body) + "0\r\n\r\n";

    private Task<TcpClient> AcceptAsync() => _server.AcceptTcpClientAsync(TestDeadline.Token).AsTask();

    private static async Task AnswerAsync(TcpClient connection, string answer)
    {
        await ReadRequestAsync(connection);
        await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(answer), TestDeadline.Token);
    }

    // Requests of these tests are small and end with their JSON object.
    private static async Task ReadRequestAsync(TcpClient connection)
    {
        var request = new StringBuilder();
        var buffer = new byte[8192];
        while (!request.ToString().EndsWith("}}", StringComparison.Ordinal))
        {
            var read = await connection.GetStream().ReadAsync(buffer, TestDeadline.Token);
            Assert.NotEqual(0, read);
            request.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
    }
}
