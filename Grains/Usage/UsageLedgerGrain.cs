using FlowGpt.Grains.Interfaces.Usage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Usage;

/// <summary>
/// Books usage with group commit: callers that arrive together share one write and are answered when it is durable. A
/// write that fails, or whose outcome is unknown, fails its callers and ends the activation; the next one reads what is
/// stored, and a caller that delivers again is booked once.
/// </summary>
[GrainType("usage-ledger")]
internal sealed partial class UsageLedgerGrain : Grain, IUsageLedgerGrain
{
    // A ledger with many ids is a long record: the share of the time spent on writing it stays at one part in this many.
    private const int IdleShare = 10;

    private readonly IPersistentState<UsageLedgerState> _storage;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;

    private UsageLedger _ledger = new(new UsageLedgerState());
    private UsageTotals _durable;
    private TaskCompletionSource _batch = NewBatch();
    private Exception? _failure;
    private bool _committing;
    private bool _awaited;

    public UsageLedgerGrain(
        [PersistentState("ledger")] IPersistentState<UsageLedgerState> storage,
        TimeProvider time,
        IOptions<UsageOptions> options,
        ILogger<UsageLedgerGrain> logger
    )
    {
        _storage = storage;
        _time = time;
        _interval = options.Value.CommitInterval;
        _logger = logger;
    }

    /// <inheritdoc/>
    public ValueTask Record(UsageEvent usage)
    {
        if (_failure is not null)
        {
            return ValueTask.FromException(_failure);
        }

        // A repeated event may still be on its way to the disk, so its repetition waits as the first delivery does.
        if (!_ledger.Book(usage) && !_committing)
        {
            return ValueTask.CompletedTask;
        }

        _awaited = true;
        if (!_committing)
        {
            _committing = true;
            _ = CommitAsync();
        }

        return new ValueTask(_batch.Task);
    }

    /// <inheritdoc/>
    public ValueTask<UsageTotals> GetTotals() => ValueTask.FromResult(_durable);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _ledger = new UsageLedger(_storage.State);
        _durable = _ledger.Totals;
        return Task.CompletedTask;
    }

    private async Task CommitAsync()
    {
        var batch = _batch;
        try
        {
            var pause = _interval;
            while (_awaited)
            {
                await Task.Delay(pause, _time);
                (batch, _batch, _awaited) = (_batch, NewBatch(), false);
                pause = await WriteAsync();
                batch.SetResult();
            }

            _committing = false;
        }
        catch (Exception exception)
        {
            LogCommitFailed(exception, this.GetPrimaryKeyString());
            _failure = exception;
            batch.TrySetException(exception);
            _batch.TrySetException(exception);
            DeactivateOnIdle();
        }
    }

    // Returns how long to pause before the next write.
    private async Task<TimeSpan> WriteAsync()
    {
        var totals = _ledger.Totals;
        if (totals == _durable)
        {
            return _interval;
        }

        var started = _time.GetTimestamp();
        _storage.State = _ledger.ToState();
        await _storage.WriteStateAsync();
        _durable = totals;
        var rest = _time.GetElapsedTime(started) * IdleShare;
        return rest > _interval ? rest : _interval;
    }

    private static TaskCompletionSource NewBatch() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
