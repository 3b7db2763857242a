using FlowGpt.Grains.Usage.RollUps;

namespace FlowGpt.Grains.Usage;

/// <summary>The reports between the ledger and its day's roll-up.</summary>
internal sealed partial class UsageLedgerGrain
{
    private const int OpenAttempts = 6;
    private static readonly TimeSpan OpenPause = TimeSpan.FromMilliseconds(500);

    private bool _open;
    private bool _telling;
    private bool _stopping;
    private long _toldVersion;

    /// <inheritdoc/>
    public ValueTask<LedgerReport> Report(long knownVersion, bool mayClose)
    {
        var version = DurableVersion;
        var closes = mayClose && version == knownVersion && !_commit.IsAwaited && _commit.Failure is null;
        if (closes)
        {
            _open = false;
        }

        return ValueTask.FromResult(
            new LedgerReport(this.GetPrimaryKeyString(), version, version == knownVersion ? null : _durableTable, closes)
        );
    }

    // The number of booked events that are durable; see UsageLedger.Version.
    private long DurableVersion => _durable.Requests;

    /// <summary>Nothing is stored here that the roll-up would not ask for after a crash.</summary>
    private async Task OpenAsync()
    {
        for (var attempt = 1; !_open; attempt++)
        {
            try
            {
                await RollUp().Open(this.GetPrimaryKeyString());
                _open = true;
            }
            catch (Exception exception) when (attempt < OpenAttempts)
            {
                LogRollUpAway(exception, this.GetPrimaryKeyString());
                await Task.Delay(OpenPause, _time);
            }
        }
    }

    private void Tell()
    {
        if (!_telling)
        {
            _telling = true;
            _ = TellUntilKnown();
        }
    }

    private async Task TellUntilKnown()
    {
        while (_toldVersion < DurableVersion && _commit.Failure is null)
        {
            await Task.Delay(_options.RollUpInterval, _time);
            if (_stopping)
            {
                return;
            }

            await TellAsync();
        }

        _telling = false;
    }

    // Never throws: what could not be reported is reported again, here or when the roll-up asks.
    private async Task TellAsync()
    {
        var version = DurableVersion;
        try
        {
            await RollUp().Put(new LedgerReport(this.GetPrimaryKeyString(), version, _durableTable, Closed: false));
            _toldVersion = version;
        }
        catch (Exception exception)
        {
            LogRollUpAway(exception, this.GetPrimaryKeyString());
        }
    }

    private IUsageRollUpGrain RollUp() => GrainFactory.GetGrain<IUsageRollUpGrain>(LedgerName.Parse(this.GetPrimaryKeyString()).Day);
}
