namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>The roll-up's writes: the list of open ledgers at once, the hours now and then.</summary>
internal sealed partial class UsageSummaryGrain
{
    private const string DayState = "usage-day";

    private Task _dayWrite = Task.CompletedTask;
    private long _dayChanges;
    private long _dayChangesWritten;
    private bool _writingHours;
    private long _hoursWritten;

    // The ETags of the parts that are not the grain's own records.
    private readonly Dictionary<(int Hour, int Part), GrainState<UsageHourState>> _further = [];
    private readonly Dictionary<int, GrainState<UsageDayState>> _furtherOpen = [];
    private readonly OpenParts _openParts = new();
    private readonly HourParts[] _parts = [.. Enumerable.Range(0, UsageSummary.Hours).Select(static _ => new HourParts())];

    /// <summary>Returns when the list is on disk with this change. One write at a time; callers that come during a write share the next.</summary>
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
            foreach (var (part, ledgers) in _openParts.Divide())
            {
                await WriteOpen(part, ledgers);
            }

            _dayChangesWritten = changes;
        }
        catch (Exception exception)
        {
            Fail(exception);
            throw;
        }
    }

    private async Task WriteOpen(int part, UsageDayState ledgers)
    {
        if (part == 0)
        {
            _day.State = ledgers;
            await _day.WriteStateAsync();
            return;
        }

        if (!_furtherOpen.TryGetValue(part, out var record))
        {
            // A crash may have left a part that no record names.
            record = _furtherOpen[part] = new GrainState<UsageDayState>();
            await _storage.ReadStateAsync(DayState, IdOf(part), record);
        }

        record.State = ledgers;
        await _storage.WriteStateAsync(DayState, IdOf(part), record);
    }

    /// <summary>Reads the list of open ledgers.</summary>
    private async Task RestoreDay()
    {
        _openParts.Restore(0, _day.State);
        for (var part = 1; part <= _day.State.FurtherParts; part++)
        {
            var record = _furtherOpen[part] = new GrainState<UsageDayState>();
            await _storage.ReadStateAsync(DayState, IdOf(part), record);
            record.State ??= new();
            _openParts.Restore(part, record.State);
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
                foreach (var (part, ledgers) in _parts[hour].Divide(state))
                {
                    await WritePart(hour, part, ledgers);
                }

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

    private async Task WritePart(int hour, int part, UsageHourState ledgers)
    {
        if (part == 0)
        {
            _hours[hour].State = ledgers;
            await _hours[hour].WriteStateAsync();
            return;
        }

        if (!_further.TryGetValue((hour, part), out var record))
        {
            // A crash may have left a part that no record names.
            record = _further[(hour, part)] = new GrainState<UsageHourState>();
            await _storage.ReadStateAsync(StateOf(hour), IdOf(part), record);
        }

        record.State = ledgers;
        await _storage.WriteStateAsync(StateOf(hour), IdOf(part), record);
    }

    /// <summary>Reads the parts of an hour that are not the grain's own record.</summary>
    private async Task RestoreHour(int hour)
    {
        var first = _hours[hour].State;
        Restore(0, first);
        for (var part = 1; part <= first.FurtherParts; part++)
        {
            var record = _further[(hour, part)] = new GrainState<UsageHourState>();
            await _storage.ReadStateAsync(StateOf(hour), IdOf(part), record);
            record.State ??= new();
            Restore(part, record.State);
        }

        void Restore(int part, UsageHourState state)
        {
            _parts[hour].Restore(part, state);
            _summary.Restore(hour, state);
        }
    }

    private GrainId IdOf(int part) => GrainId.Create("usage-summary", $"{this.GetPrimaryKeyString()}/{part}");

    private static string StateOf(int hour) => $"usage-hour-{hour:00}";

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
