using System.Collections.Immutable;
using FlowGpt.Grains.Commits;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Usage.RollUps;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Usage;

/// <summary>
/// Books usage with group commit: callers that arrive together share one write and are answered when it is durable. A
/// write that fails, or whose outcome is unknown, fails its callers and ends the activation; the next activation reads what is
/// stored, and a caller that delivers again is booked once. Its day's roll-up is told what is stored, never what is to be added.
/// </summary>
[GrainType("usage-ledger")]
internal sealed partial class UsageLedgerGrain : Grain, IUsageLedgerGrain, ILedgerReportGrain
{
    /// <summary>The longest pause between two writes: what is not written yet is lost with the silo, unless another process has seen it.</summary>
    internal static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // A ledger with many ids is a long record.
    private const int PauseShare = 10;

    private readonly IPersistentState<UsageLedgerState> _storage;
    private readonly TimeProvider _time;
    private readonly UsageOptions _options;
    private readonly UsageInstruments _instruments;
    private readonly ILogger _logger;
    private readonly GroupCommit _commit;

    private UsageLedger _ledger = null!;
    private UsageTotals _durable;
    private byte[] _durableTable = [];
    private bool _changed;

    public UsageLedgerGrain(
        [PersistentState("ledger")] IPersistentState<UsageLedgerState> storage,
        TimeProvider time,
        IOptions<UsageOptions> options,
        UsageInstruments instruments,
        ILogger<UsageLedgerGrain> logger
    )
    {
        _instruments = instruments;
        _storage = storage;
        _time = time;
        _options = options.Value;
        _logger = logger;
        _commit = new(new(_options.CommitInterval, LongestPause, PauseShare, GathersFirst: true), WriteAsync, EndAfter, time);
    }

    /// <inheritdoc/>
    public ValueTask Record(UsageEvent usage) => Record([usage]);

    /// <inheritdoc/>
    public ValueTask RecordAll(ImmutableArray<UsageEvent> events) => Record(events.AsSpan());

    /// <inheritdoc/>
    public ValueTask RecordMissed(ImmutableArray<UsageEvent> events) => Record(events.AsSpan(), missed: true);

    /// <inheritdoc/>
    public ValueTask Release(ImmutableArray<string> responseIds)
    {
        var now = _time.GetUtcNow();
        foreach (var id in responseIds)
        {
            _ledger.Release(id, now);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<UsageTotals> GetTotals() => ValueTask.FromResult(_durable);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _ledger = new UsageLedger(_storage.State, _time.GetUtcNow());
        _durable = _ledger.Totals;
        var stored = _storage.State.Table;
        _durableTable = stored.Length > 0 || _durable.Requests == 0 ? stored : _ledger.ToState(_time.GetUtcNow()).Table;
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // At a silo's stop the roll-up may have no place left to be asked at. It knows this ledger as open, and asks it by itself.
        _stopping = reason.ReasonCode == DeactivationReasonCode.ShuttingDown;
        if (_commit.Failure is null && !_stopping && _toldVersion < DurableVersion)
        {
            await TellAsync()
                .WaitAsync(cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private ValueTask Record(ReadOnlySpan<UsageEvent> events, bool missed = false)
    {
        if (_commit.Failure is { } failure)
        {
            return ValueTask.FromException(failure);
        }

        var now = _time.GetUtcNow();
        var booked = false;
        foreach (var usage in events)
        {
            booked |= _ledger.Book(usage, now, missed);
        }

        // A repeated event may still be on its way to the disk, so its repetition waits as the first delivery does.
        if (!booked && !_commit.IsAwaited)
        {
            return ValueTask.CompletedTask;
        }

        _changed |= booked;
        return new ValueTask(_commit.CommitAsync());
    }

    private void EndAfter(Exception exception)
    {
        _instruments.CommitFailed();
        LogCommitFailed(exception, this.GetPrimaryKeyString());
        DeactivateOnIdle();
    }

    private async Task WriteAsync()
    {
        if (!_changed)
        {
            return;
        }

        await OpenAsync();
        var started = _time.GetTimestamp();
        var totals = _ledger.Totals;
        _changed = false;
        var state = _ledger.ToState(_time.GetUtcNow());
        _storage.State = state;
        await _storage.WriteStateAsync();
        _instruments.Committed(_time.GetElapsedTime(started));
        (_durable, _durableTable) = (totals, state.Table);
        Tell();
    }
}
