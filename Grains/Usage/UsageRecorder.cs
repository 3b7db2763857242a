using System.Collections.Immutable;
using System.Threading.Channels;
using FlowGpt.Grains.Interfaces.Usage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Usage;

/// <summary>
/// One queue, read outside of any grain, so that a delivery belongs to no grain's turn. Deliveries run side by side: each waits
/// for its ledger's next write.
/// </summary>
internal sealed partial class UsageRecorder : BackgroundService, IUsageRecorder
{
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(10);

    // The one limit of a delivery. A ledger remembers what it booked for longer than this and one call's time.
    private static readonly TimeSpan RepeatedFor = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly UsageOptions _options;
    private readonly UsageInstruments _instruments;
    private readonly ILogger _logger;
    private readonly Channel<UsageEvent> _queue = Channel.CreateUnbounded<UsageEvent>(new() { SingleReader = true });
    private readonly CancellationTokenSource _giveUp = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Events taken and not yet booked or given up, plus one for the recorder itself until it stops.
    private int _pending = 1;

    public UsageRecorder(
        IGrainFactory grains,
        TimeProvider time,
        IOptions<UsageOptions> options,
        UsageInstruments instruments,
        ILogger<UsageRecorder> logger
    )
    {
        _instruments = instruments;
        _grains = grains;
        _time = time;
        _options = options.Value;
        _logger = logger;
    }

    /// <inheritdoc/>
    public TimeSpan OldestWaits => _instruments.Backlog.Age(_time.GetUtcNow());

    /// <inheritdoc/>
    public void Record(UsageEvent usage)
    {
        _instruments.Backlog.Add(usage.At);
        if (Interlocked.Increment(ref _pending) > _options.MaxPending || !_queue.Writer.TryWrite(usage))
        {
            LogNotTaken(usage.ResponseId, usage.ClientKeyId);
            _instruments.Lost(1);
            Finish([usage]);
        }
    }

    /// <summary>Takes no more events and returns when every event taken is booked or given up, or when <paramref name="cancellationToken"/> says so.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_queue.Writer.TryComplete())
        {
            Finish(1);
        }

        try
        {
            await _drained.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogStoppedEarly(Volatile.Read(ref _pending));
            await _giveUp.CancelAsync();
        }

        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _giveUp.Dispose();
        base.Dispose();
    }

    // The queue outlives the stopping token: what was taken is delivered during the stop.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var gathered = new Dictionary<string, ImmutableArray<UsageEvent>.Builder>();
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_queue.Reader.TryRead(out var usage))
            {
                var ledger = IUsageLedgerGrain.KeyOf(usage.ClientKeyId, usage.At);
                if (!gathered.TryGetValue(ledger, out var events))
                {
                    gathered.Add(ledger, events = ImmutableArray.CreateBuilder<UsageEvent>());
                }

                events.Add(usage);
            }

            foreach (var (ledger, events) in gathered)
            {
                _ = DeliverAsync(ledger, events.ToImmutable());
            }

            gathered.Clear();
            // One call for what comes within a moment: under load a call for each event would cost more than the booking.
            await Task.Delay(GatherFor, _time, CancellationToken.None);
        }
    }

    private async Task DeliverAsync(string ledger, ImmutableArray<UsageEvent> events)
    {
        var started = _time.GetTimestamp();
        var attempt = 1;
        try
        {
            var pause = FirstPause;
            for (attempt = 1; !await TryDeliverAsync(ledger, events, attempt); attempt++)
            {
                if (_time.GetElapsedTime(started) > RepeatedFor)
                {
                    GiveUp(events, attempt);
                    return;
                }

                await Task.Delay(pause, _time, _giveUp.Token);
                pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
            }
        }
        catch (OperationCanceledException)
        {
            GiveUp(events, attempt);
        }
        finally
        {
            Finish(events);
        }
    }

    private void GiveUp(ImmutableArray<UsageEvent> events, int attempts)
    {
        _instruments.Lost(events.Length);
        foreach (var usage in events)
        {
            LogGivenUp(usage.ResponseId, usage.ClientKeyId, attempts);
        }
    }

    private async Task<bool> TryDeliverAsync(string ledger, ImmutableArray<UsageEvent> events, int attempt)
    {
        try
        {
            await _grains.GetGrain<IUsageLedgerGrain>(ledger).RecordAll(events);
            _instruments.Booked(events.Length);
            return true;
        }
        catch (Exception exception)
        {
            LogAttemptFailed(exception, events.Length, ledger, attempt);
            return false;
        }
    }

    private void Finish(ImmutableArray<UsageEvent> events)
    {
        foreach (var usage in events)
        {
            _instruments.Backlog.Remove(usage.At);
        }

        Finish(events.Length);
    }

    private void Finish(int events)
    {
        if (Interlocked.Add(ref _pending, -events) == 0)
        {
            _drained.TrySetResult();
        }
    }
}
