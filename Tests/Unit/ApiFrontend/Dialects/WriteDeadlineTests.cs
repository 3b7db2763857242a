using System.Buffers;
using System.IO.Pipelines;
using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Dialects;
using FlowGpt.ApiFrontend.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects;

/// <summary>A client that takes nothing of its reply: its connection is ended when the deadline of a write has passed, and not before.</summary>
public sealed class WriteDeadlineTests
{
    private static readonly TimeSpan Within = new FrontendOptions().WriteWithin;

    private readonly FakeTimeProvider _time = new();
    private readonly SlowReader _reader = new();
    private readonly DefaultHttpContext _context = new();

    public WriteDeadlineTests()
    {
        _context.Features.Set<IHttpResponseBodyFeature>(_reader);
        _context.Features.Set<IHttpRequestLifetimeFeature>(_reader);
    }

    [Fact]
    public async Task Flush_ToAReaderThatTakesNothing_IsEndedAfterTheTime()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), Within);
        var flush = WriteAsync("more than the reader has room for");

        _time.Advance(Within - TimeSpan.FromMilliseconds(1));
        Assert.Equal((false, false), (flush.IsCompleted, _context.RequestAborted.IsCancellationRequested));
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await flush.AsTask().WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
        Assert.True(_context.RequestAborted.IsCancellationRequested);
    }

    [Fact]
    public async Task Flush_ToAReaderThatTakesItInTime_GoesOnWithAllOfTheTimeForTheNext()
    {
        for (var i = 0; i < 3; i++)
        {
            var flush = WriteAsync("more than the reader has room for");
            _time.Advance(Within - TimeSpan.FromSeconds(1));
            Assert.False(flush.IsCompleted);
            await _reader.TakeAsync();
            await flush.AsTask().WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
        }

        Assert.False(_context.RequestAborted.IsCancellationRequested);
    }

    [Fact]
    public async Task Flush_ToAReaderThatTakesNothing_SaysThatItIsThereUntilTheTimeIsOver()
    {
        var told = 0;
        _reader.Writer.Write("more than the reader has room for"u8);
        var flush = EventStreams.FlushAsync(_context, Within, _time, () => told++);

        for (var waited = TimeSpan.Zero; waited < Within - EventStreams.TellEvery; waited += EventStreams.TellEvery)
        {
            var before = told;
            _time.Advance(EventStreams.TellEvery);
            await Soon.Becomes(
                async () =>
                {
                    await Task.Yield();
                    return told;
                },
                now => now > before,
                "the turn hears of its reader"
            );
        }

        Assert.False(_context.RequestAborted.IsCancellationRequested);
        // The last wait begins behind the last call.
        await Soon.Becomes(
            async () =>
            {
                _time.Advance(EventStreams.TellEvery);
                await Task.Yield();
                return flush.IsCompleted;
            },
            static done => done,
            "the flush ends"
        );
        Assert.True(_context.RequestAborted.IsCancellationRequested);
        Assert.Equal((int)(Within / EventStreams.TellEvery) - 1, told);
    }

    [Fact]
    public async Task FlushEach_ToAReaderThatTakesNothing_WritesNoFurtherFrame()
    {
        using var frames = new PooledBytes();
        frames.Write("data: first frame\n\ndata: second frame\n\n"u8);

        var flush = EventStreams.FlushEachAsync(_context, frames, Within, _time);
        _time.Advance(Within);

        await flush.AsTask().WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
        Assert.Equal("data: first frame\n\n", _reader.Written);
    }

    private ValueTask WriteAsync(string text)
    {
        _reader.Writer.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return EventStreams.FlushAsync(_context, Within, _time);
    }

    /// <summary>A response's body with room for a few bytes, and its connection.</summary>
    private sealed class SlowReader : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature
    {
        private readonly Pipe _pipe = new(
            new PipeOptions(pauseWriterThreshold: 8, resumeWriterThreshold: 4, useSynchronizationContext: false)
        );
        private readonly CancellationTokenSource _aborted = new();

        public SlowReader() => RequestAborted = _aborted.Token;

        public Stream Stream => Writer.AsStream();

        public PipeWriter Writer => _pipe.Writer;

        public CancellationToken RequestAborted { get; set; }

        public string Written { get; private set; } = "";

        public async Task TakeAsync()
        {
            var read = await _pipe.Reader.ReadAsync();
            _pipe.Reader.AdvanceTo(read.Buffer.End);
        }

        public void Abort()
        {
            if (_pipe.Reader.TryRead(out var read))
            {
                Written = System.Text.Encoding.UTF8.GetString(read.Buffer.ToArray());
                _pipe.Reader.AdvanceTo(read.Buffer.End);
            }

            _aborted.Cancel();
            _pipe.Reader.Complete();
        }

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering() { }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
