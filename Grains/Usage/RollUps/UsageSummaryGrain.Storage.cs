namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>The roll-up's writes: the list of open ledgers at once, the hours now and then.</summary>
internal sealed partial class UsageSummaryGrain
{
    private Task _dayWrite = Task.CompletedTask;
    private long _dayChanges;
    private long _dayChangesWritten;
    private bool _writingHours;
    private long _hoursWritten;

    /// <summary>Returns when the list is on disk with this change. One write at a time; those who wait meanwhile share the next.</summary>
    private async Task WriteDay(long change)
    {
        while (_dayChangesWritten < change)
        {
            if (_dayWrite.IsCompleted)
            {
                ThrowIfFailed();
                _dayWrite = WriteDayNow();
            }

            await _dayWrite;
        }
    }

    private async Task WriteDayNow()
    {
        var changes = _dayChanges;
        try
        {
            _day.State = new UsageDayState { Open = [.. _open.Keys] };
            await _day.WriteStateAsync();
            _dayChangesWritten = changes;
        }
        catch (Exception exception)
        {
            Fail(exception);
            throw;
        }
    }

    private async Task WriteHours()
    {
        _writingHours = true;
        try
        {
            foreach (var hour in _summary.ChangedHours.ToArray())
            {
                var state = _summary.Take(hour);
                _hours[hour].State = state;
                await _hours[hour].WriteStateAsync();
                NoteWritten(hour, state);
            }

            await WriteDay(_dayChanges);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        finally
        {
            _writingHours = false;
            _hoursWritten = _time.GetTimestamp();
        }
    }

    private void NoteWritten(int hour, UsageHourState state)
    {
        foreach (var (ledger, open) in _open)
        {
            var name = LedgerName.Parse(ledger);
            if (name.Hour == hour && state.Ledgers.TryGetValue(name.ClientKeyId, out var rolled))
            {
                open.Written = rolled.Version;
            }
        }
    }

    // The outcome of a write that failed is not known: only a new activation can know what is on disk.
    private void Fail(Exception exception)
    {
        if (_failure is null)
        {
            _failure = exception;
            LogWriteFailed(exception, this.GetPrimaryKeyString());
            DeactivateOnIdle();
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new IOException(
                $"The usage roll-up {this.GetPrimaryKeyString()} could not be written; the grain restarts and sums its ledgers again.",
                _failure
            );
        }
    }
}
