using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using FlowGpt.Admin.Contracts;
using FlowGpt.Grains.Interfaces.Feed;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin.Live;

/// <summary>
/// Samples the cluster once a second while there are listeners, and gives every listener the same bytes: the cost grows neither with traffic nor, but for their
/// sockets, with listeners. Thread-safe.
/// </summary>
internal sealed partial class LiveSampler(
    IGrainFactory grains,
    PoolWatch pools,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<LiveSampler> logger
)
{
    /// <summary>Most listeners of a process.</summary>
    public const int MostListeners = 200;

    private const int MostWaiting = 16;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private ImmutableArray<Channel<byte[]>> _listeners = [];
    private Task _sampling = Task.CompletedTask;
    private byte[]? _latest;

    /// <summary>Adds a listener, which gets the latest sample first; null when there are too many. A slow listener misses the oldest events.</summary>
    public Channel<byte[]>? Listen()
    {
        var channel = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
        );
        lock (_lock)
        {
            if (_listeners.Length == MostListeners)
            {
                return null;
            }

            if (_latest is { } latest)
            {
                channel.Writer.TryWrite(latest);
            }

            _listeners = _listeners.Add(channel);
            if (_sampling.IsCompleted)
            {
                _sampling = SampleAsync();
            }
        }

        return channel;
    }

    /// <summary>A listener has left.</summary>
    public void Leave(Channel<byte[]> listener)
    {
        lock (_lock)
        {
            _listeners = _listeners.Remove(listener);
        }
    }

    private async Task SampleAsync()
    {
        var changes = new AccountChanges();
        FeedSnapshot? before = null;
        while (!IsOver())
        {
            try
            {
                var now = await grains.GetGrain<IFeedGrain>(IFeedGrain.Key).GetSnapshot();
                var overviews = await pools.GetAsync(lifetime.ApplicationStopping);
                Tell(changes, before, now, overviews);
                before = now;
            }
            catch (Exception exception)
            {
                // The next second tries again.
                LogNotSampled(exception);
            }

            await Task.Delay(Period, time, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsOver()
    {
        lock (_lock)
        {
            if (!_listeners.IsEmpty && !lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return false;
            }

            foreach (var listener in _listeners)
            {
                listener.Writer.TryComplete();
            }

            _latest = null;
            // The next caller starts a new task: this task gives no more samples.
            _sampling = Task.CompletedTask;
            return true;
        }
    }

    private void Tell(AccountChanges changes, FeedSnapshot? before, FeedSnapshot now, ImmutableArray<PoolOverview> overviews)
    {
        foreach (var change in changes.Next(overviews))
        {
            Tell(EventOf("account"u8, change, AdminJson.Default.AccountChanged));
        }

        _latest = EventOf("sample"u8, LiveAnswers.Of(now, before, overviews), AdminJson.Default.LiveSample);
        Tell(_latest);
    }

    private void Tell(byte[] text)
    {
        foreach (var listener in _listeners)
        {
            listener.Writer.TryWrite(text);
        }
    }

    private static byte[] EventOf<T>(ReadOnlySpan<byte> type, T value, JsonTypeInfo<T> json)
    {
        var text = new ArrayBufferWriter<byte>();
        text.Write("event: "u8);
        text.Write(type);
        text.Write("\ndata: "u8);
        using (var writer = new Utf8JsonWriter(text))
        {
            JsonSerializer.Serialize(writer, value, json);
        }

        text.Write("\n\n"u8);
        return text.WrittenSpan.ToArray();
    }

    [LoggerMessage(EventId = 1412, Level = LogLevel.Debug, Message = "The cluster could not be looked at for the live feed")]
    private partial void LogNotSampled(Exception exception);
}
