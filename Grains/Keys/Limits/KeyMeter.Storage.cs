using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Keys.Limits;

/// <summary>What a key keeps in storage, and how it begins from that.</summary>
internal sealed partial class KeyMeter
{
    private readonly HashSet<string> _corrected = new(StringComparer.Ordinal);
    private DateTimeOffset _blockUntil = DateTimeOffset.MinValue;
    private bool _changed;
    private bool _writing;
    private bool _failing;
    private (DateTimeOffset From, DateTimeOffset Until, long Tokens) _lost;

    /// <summary>Whether storage should be written: a request waits for the write, the block runs low, or what the block holds is no longer reserved.</summary>
    public bool WriteWanted(DateTimeOffset now) =>
        !_writing
        && _meter.HasLimits
        && (_meter.Block.IsWanted || (now < _blockUntil && _meter.IsLow(now)) || (_changed && now >= _blockUntil));

    /// <summary>Whether storage holds something else than it should when nothing more is let in.</summary>
    public bool HasChanged => _meter.HasLimits && (_changed || _blockUntil > DateTimeOffset.MinValue);

    /// <summary>Begins a write. <paramref name="last"/>: nothing more will be let in.</summary>
    public KeyUseRecord BeginWrite(DateTimeOffset now, bool last = false)
    {
        Expire(now);
        var reserved = last ? default : _meter.Offer(now);
        var windows = _meter.Records(now).ToDictionary(static window => window.Name, StringComparer.Ordinal);
        _writing = true;
        _changed = false;
        return new KeyUseRecord
        {
            Limits = _limits,
            LimitsVersion = _version,
            At = now,
            WallAhead = Calendar.Ahead,
            TokensOfDay = Day.Placed(now),
            TokensOfMonth = Month.Placed(now),
            Requests = windows.GetValueOrDefault(WindowKind.RequestsPerMinute.FieldName()),
            Tokens = windows.GetValueOrDefault(WindowKind.TokensPerMinute.FieldName()),
            Running = [.. _running.Values],
            ReservedRequests = reserved.Requests,
            ReservedTokens = reserved.Tokens,
            ReservedUntil = reserved.Requests > 0 ? reserved.ValidUntil : default,
        };
    }

    /// <summary>The write is over. Failed, or of unknown outcome: what was reserved before still holds.</summary>
    public void EndWrite(KeyUseRecord record, bool succeeded)
    {
        _writing = false;
        _failing = !succeeded;
        _changed |= !succeeded;
        _blockUntil = succeeded ? record.ReservedUntil : _blockUntil;
        _meter.EndWrite(succeeded);
    }

    /// <summary>Takes over what storage holds.</summary>
    public void Restore(KeyUseRecord record, DateTimeOffset now)
    {
        record = record.AsOf(Calendar.Wall(now));
        Adopt(new ApiKeyTerms(record.Limits, record.LimitsVersion));
        _meter.Restore(new[] { record.Requests, record.Tokens }.OfType<WindowRecord>(), now);
        foreach (var running in record.Running)
        {
            Hold(running);
        }

        // The periods of the record, if they are still the current periods.
        foreach (var (budget, used) in ((CalendarWindow, long)[])[(Day, record.TokensOfDay), (Month, record.TokensOfMonth)])
        {
            budget.Placed(now);
            budget.Add(record.At, used);
        }

        // The block may have been used at any time until its end, by a process that is gone or by a process that does not yet know that it was replaced.
        // It belongs to the day of the record, whose last instant it may reach.
        var last = Day.End - TimeSpan.FromMilliseconds(1);
        _meter.Place(
            now <= last && record.ReservedUntil > last ? last : record.ReservedUntil,
            record.ReservedRequests,
            record.ReservedTokens
        );
        _lost = (record.At, record.ReservedUntil, record.ReservedTokens);
        _changed = record.ReservedRequests > 0;
        Expire(now);
    }

    /// <summary>A silo runs a request that was let in before this meter took over.</summary>
    public void TakeOver(KeyReservation reservation, DateTimeOffset now)
    {
        if (reservation.Expires > now && !_running.ContainsKey(reservation.RequestId) && !_corrected.Contains(reservation.RequestId))
        {
            Hold(reservation with { Tokens = TakeLost(reservation.RequestId, reservation.At, reservation.Tokens) });
        }
    }

    /// <summary>
    /// A request that was let in from the block of a process that died: the block counts as used, so what it did not use of that comes back,
    /// once.
    /// </summary>
    private void CorrectLost(KeySettlement settlement)
    {
        var reserved = TakeLost(settlement.RequestId, settlement.At, settlement.Reserved);
        var delta = (settlement.Tokens ?? 0) - reserved;
        if (reserved > 0 && delta < 0)
        {
            Day.Adjust(settlement.At, delta);
            Month.Adjust(settlement.At, delta);
            _changed = true;
        }
    }

    private long TakeLost(string requestId, DateTimeOffset at, long tokens)
    {
        // What was admitted at the very instant of the record may have ended before it was made: it is not corrected.
        if (tokens > _lost.Tokens || at <= _lost.From || at > _lost.Until || !_corrected.Add(requestId))
        {
            return 0;
        }

        _lost.Tokens -= tokens;
        return tokens;
    }
}
