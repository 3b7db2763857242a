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
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly UsageOptions _options;
    private readonly ILogger _logger;
    private readonly Channel<UsageEvent> _queue = Channel.CreateUnbounded<UsageEvent>(new() { SingleReader = true });
    private readonly CancellationTokenSource _giveUp = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Events taken and not yet booked or given up, and one for the recorder itself until it stops.
    private int _pending = 1;

    public UsageRecorder(IGrainFactory grains, TimeProvider time, IOptions<UsageOptions> options, ILogger<UsageRecorder> logger)
    {
        _grains = grains;
        _time = time;
        _options = options.Value;
        _logger = logger;
    }

    /// <inheritdoc/>
    public void Record(UsageEvent usage)
    {
        if (Interlocked.Increment(ref _pending) > _options.MaxPending || !_queue.Writer.TryWrite(usage))
        {
            LogNotTaken(usage.ResponseId, usage.ClientKeyId);
            Finish();
        }
    }

    /// <summary>Takes no more events and returns when every one taken is booked or given up, or when <paramref name="cancellationToken"/> says so.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_queue.Writer.TryComplete())
        {
            Finish();
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
        await foreach (var usage in _queue.Reader.ReadAllAsync(CancellationToken.None))
        {
            _ = DeliverAsync(usage);
        }
    }

    private async Task DeliverAsync(UsageEvent usage)
    {
        try
        {
            var pause = FirstPause;
            for (var attempt = 1; !await TryDeliverAsync(usage, attempt); attempt++)
            {
                if (attempt == _options.Attempts)
                {
                    LogGivenUp(usage.ResponseId, usage.ClientKeyId, attempt);
                    return;
                }

                await Task.Delay(pause, _time, _giveUp.Token);
                pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
            }
        }
        catch (OperationCanceledException)
        {
            LogGivenUp(usage.ResponseId, usage.ClientKeyId, _options.Attempts);
        }
        finally
        {
            Finish();
        }
    }

    private async Task<bool> TryDeliverAsync(UsageEvent usage, int attempt)
    {
        try
        {
            await _grains.GetGrain<IUsageLedgerGrain>(IUsageLedgerGrain.KeyOf(usage.ClientKeyId, usage.At)).Record(usage);
            return true;
        }
        catch (Exception exception)
        {
            LogAttemptFailed(exception, usage.ResponseId, attempt);
            return false;
        }
    }

    private void Finish()
    {
        if (Interlocked.Decrement(ref _pending) == 0)
        {
            _drained.TrySetResult();
        }
    }
}
