using System.Net;
using System.Net.Sockets;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.FlowGpt;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

/// <summary>Each time limit gives its own failure, on a clock that the test controls, and closes the connection, as does a cancelled caller.</summary>
public sealed class FlowGptTimeoutTests : FlowGptUpstreamTestBase
{
    private const string Line = """{"event":"text","data":"Hello"}""";

    private readonly RecordedEvents _events = new();

    [Fact]
    public async Task Open_ChatNeverAnswers_TimesOutAtTheFirstByte()
    {
        Backend.Chat = Silence;
        var opening = Upstream.OpenAsync(Call(), Deadline);
        await Backend.NextRequestAsync();
        var chat = await Backend.NextRequestAsync();

        Time.Advance(TimeSpan.FromSeconds(60));

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => opening);
        Assert.Equal((FailureClass.Upstream, FailureReason.FirstByteTimeout), (exception.Failure.Class, exception.Failure.Reason));
        Assert.True(exception.MayHaveBeenSent);
        await ClosedAsync(chat);
    }

    [Fact]
    public async Task Open_CreateNeverAnswers_TimesOutAndWasNotSent()
    {
        Backend.Create = Silence;
        var opening = Upstream.OpenAsync(Call(), Deadline);
        var create = await Backend.NextRequestAsync();

        Time.Advance(TimeSpan.FromSeconds(60));

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => opening);
        Assert.Equal(FailureReason.FirstByteTimeout, exception.Failure.Reason);
        Assert.False(exception.MayHaveBeenSent);
        await ClosedAsync(create);
    }

    [Fact]
    public async Task Open_CreateStallsInsideItsAnswer_TimesOut()
    {
        Backend.Create = async context =>
        {
            await context.Response.WriteAsync("{\"id\":");
            await Silence(context);
        };
        var opening = Upstream.OpenAsync(Call(), Deadline);
        var create = await Backend.NextRequestAsync();

        // The answer's headers may or may not have come by now: both waits end at the same time.
        Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(FailureReason.FirstByteTimeout, (await Assert.ThrowsAsync<UpstreamException>(() => opening)).Failure.Reason);
        await ClosedAsync(create);
    }

    [Fact]
    public async Task Read_HeadersButNoBody_TimesOutAtTheFirstByte()
    {
        Backend.Chat = async context =>
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            await Silence(context);
        };
        await using var reply = await Upstream.OpenAsync(Call(), Deadline);
        Time.Advance(TimeSpan.FromSeconds(59));
        var reading = reply.ReadAsync(_events, Deadline).AsTask();
        Assert.False(reading.IsCompleted);

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(FailureReason.FirstByteTimeout, (await Assert.ThrowsAsync<UpstreamException>(() => reading)).Failure.Reason);
        await ClosedAsync(Backend.Requests.Last());
    }

    [Fact]
    public async Task Read_SilenceInsideTheReply_TimesOutAsIdle()
    {
        Backend.Chat = LineThenSilence;
        await using var reply = await Upstream.OpenAsync(Call(), Deadline);
        Assert.True(await reply.ReadAsync(_events, Deadline));
        var reading = reply.ReadAsync(_events, Deadline).AsTask();
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(reading.IsCompleted);

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(FailureReason.IdleTimeout, (await Assert.ThrowsAsync<UpstreamException>(() => reading)).Failure.Reason);
        await ClosedAsync(Backend.Requests.Last());
    }

    [Fact]
    public async Task Read_NobodyReadsForAWhile_IsNotIdle()
    {
        var release = new TaskCompletionSource();
        Backend.Chat = async context =>
        {
            await StubBackend.Lines(context, Line);
            await context.Response.Body.FlushAsync();
            await release.Task.WaitAsync(Deadline);
            await StubBackend.Lines(context, Line);
        };
        await using var reply = await Upstream.OpenAsync(Call(), Deadline);
        Assert.True(await reply.ReadAsync(_events, Deadline));

        Time.Advance(TimeSpan.FromSeconds(200));
        release.SetResult();

        Assert.True(await reply.ReadAsync(_events, Deadline));
        Assert.False(await reply.ReadAsync(_events, Deadline));
    }

    [Fact]
    public async Task Read_ReplyThatNeverEnds_TimesOutInTotal()
    {
        Options.TotalTimeoutSeconds = 100;
        Backend.Chat = LineThenSilence;
        await using var reply = await Upstream.OpenAsync(Call(), Deadline);
        Assert.True(await reply.ReadAsync(_events, Deadline));
        Time.Advance(TimeSpan.FromSeconds(50));
        var reading = reply.ReadAsync(_events, Deadline).AsTask();

        Time.Advance(TimeSpan.FromSeconds(50));

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => reading);
        Assert.Equal((FailureClass.Upstream, FailureReason.TotalTimeout), (exception.Failure.Class, exception.Failure.Reason));
        await ClosedAsync(Backend.Requests.Last());
    }

    [Fact]
    public async Task Open_CallerCancels_ClosesTheConnection()
    {
        using var caller = new CancellationTokenSource();
        Backend.Chat = Silence;
        var opening = Upstream.OpenAsync(Call(), caller.Token);
        await Backend.NextRequestAsync();
        var chat = await Backend.NextRequestAsync();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await ClosedAsync(chat);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_CallerCancels_ClosesTheConnection(bool sameTokenAsOpen)
    {
        using var caller = new CancellationTokenSource();
        Backend.Chat = LineThenSilence;
        await using var reply = await Upstream.OpenAsync(Call(), sameTokenAsOpen ? caller.Token : Deadline);
        Assert.True(await reply.ReadAsync(_events, caller.Token));
        var reading = reply.ReadAsync(_events, caller.Token).AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await ClosedAsync(Backend.Requests.Last());
    }

    [Fact]
    public async Task Dispose_BeforeTheEnd_ClosesTheConnection()
    {
        Backend.Chat = LineThenSilence;
        var reply = await Upstream.OpenAsync(Call(), Deadline);
        Assert.True(await reply.ReadAsync(_events, Deadline));

        await reply.DisposeAsync();

        await ClosedAsync(Backend.Requests.Last());
    }

    [Fact]
    public async Task Dispose_AfterTheEnd_KeepsTheConnectionForTheNextCall()
    {
        var connections = new HashSet<string>();
        Backend.Chat = context =>
        {
            connections.Add(context.Connection.Id);
            return StubBackend.Lines(context, Line);
        };

        await ReplyAsync();
        await ReplyAsync();

        Assert.Single(connections);
    }

    [Fact]
    public async Task Open_ConnectionIsNeverAccepted_TimesOutAndWasNotSent()
    {
        // A listener whose queue is full leaves further connections waiting.
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen(0);
        var queue = new List<Socket>();
        try
        {
            Assert.SkipUnless(await FillAsync(listener, queue), "This system accepts connections beyond a listener's queue.");
            await AssertConnectTimeoutAsync($"http://[::1]:{((IPEndPoint)listener.LocalEndPoint!).Port}");
        }
        finally
        {
            queue.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Open_TlsIsNeverAnswered_TimesOutAndWasNotSent()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen(10);

        await AssertConnectTimeoutAsync($"https://[::1]:{((IPEndPoint)listener.LocalEndPoint!).Port}");
    }

    /// <summary>On the system's clock, since a test cannot see when connecting begins.</summary>
    private async Task AssertConnectTimeoutAsync(string url)
    {
        Options.BaseUrl = url;
        Options.ConnectTimeoutSeconds = 0.1;
        using var upstream = new FlowGptUpstream(new OptionsWrapper<FlowGptOptions>(Options));

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => upstream.OpenAsync(Call(), Deadline));

        Assert.Equal((FailureClass.Upstream, FailureReason.ConnectTimeout), (exception.Failure.Class, exception.Failure.Reason));
        Assert.False(exception.MayHaveBeenSent);
    }

    private static async Task<bool> FillAsync(Socket listener, List<Socket> queue)
    {
        for (var i = 0; i < 32; i++)
        {
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            queue.Add(client);
            using var longestWait = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            try
            {
                await client.ConnectAsync(listener.LocalEndPoint!, longestWait.Token);
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        }

        return false;
    }

    private static Task Silence(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        context.RequestAborted.Register(gone.SetResult);
        return gone.Task;
    }

    private static async Task LineThenSilence(HttpContext context)
    {
        await StubBackend.Lines(context, Line);
        await context.Response.Body.FlushAsync();
        await Silence(context);
    }

    /// <summary>Waits until the backend saw the connection close.</summary>
    private static async Task ClosedAsync(SeenRequest request)
    {
        var closed = new TaskCompletionSource();
        await using var registration = request.Aborted.Register(closed.SetResult);
        await closed.Task.WaitAsync(Deadline);
    }
}
