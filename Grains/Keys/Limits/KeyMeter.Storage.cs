using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Keys.Limits;

/// <summary>
/// What storage is told ahead of time, so that a process that dies leaves nothing uncounted: a block of requests and tokens that may be let in
/// before the next write. Whoever takes over from storage counts the whole block as used.
/// </summary>
internal sealed partial class KeyMeter
{
    /// <summary>A tenth of a limit at most is reserved ahead, so that a crash costs no more.</summary>
    private const int ShareReserved = 10;

    private const int MostRequestsReserved = 1000;

    private readonly ReserveBlock _block = new();
    private readonly HashSet<string> _corrected = new(StringComparer.Ordinal);
    private long _wantedTokens;
    private DateTimeOffset _blockUntil = DateTimeOffset.MinValue;
    private bool _changed;
    private bool _writing;
    private bool _failing;
    private (DateTimeOffset From, DateTimeOffset Until, long Tokens) _lost;

    /// <summary>Whether there is anything that must survive: a limit of the requests in flight alone does not.</summary>
    private bool IsNoted => _requests is not null || _limits.CountTokens;

    /// <summary>Whether storage should be written: somebody waits for it, the block runs low, or what it holds is no longer reserved.</summary>
    public bool WriteWanted(DateTimeOffset now) =>
        !_writing
        && IsNoted
        && (
            _block.Wanted is not { Requests: 0, Tokens: 0 }
            || (now < _blockUntil && Size(now) is { Requests: > 0 } size && _block.IsLow(size, now, Validity(now)))
            || (_changed && now >= _blockUntil)
        );

    /// <summary>Whether storage holds something else than it should when nothing more is let in.</summary>
    public bool HasChanged => IsNoted && (_changed || _blockUntil > DateTimeOffset.MinValue);

    /// <summary>Begins a write. <paramref name="last"/>: nothing more will be let in.</summary>
    public KeyUseRecord BeginWrite(DateTimeOffset now, bool last = false)
    {
        Expire(now);
        var reserved = last ? default : _block.Offer(Size(now), now, Validity(now));
        _writing = true;
        _changed = false;
        _wantedTokens = 0;
        return new KeyUseRecord
        {
            Limits = _limits,
            LimitsVersion = _version,
            At = now,
            TokensOfDay = _day.Used(now),
            TokensOfMonth = _month.Used(now),
            Requests = _requests is { } requests ? WindowRecord.Of(requests, now) : null,
            Tokens = _tokens is { } tokens ? WindowRecord.Of(tokens, now) : null,
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
        if (succeeded)
        {
            _block.Written();
            _blockUntil = record.ReservedUntil;
        }
        else
        {
            _block.Failed();
            _changed = true;
        }
    }

    /// <summary>Takes over what storage holds.</summary>
    public void Restore(KeyUseRecord record, DateTimeOffset now)
    {
        Adopt(new ApiKeyTerms(record.Limits, record.LimitsVersion));
        foreach (var use in record.Requests?.Read() ?? [])
        {
            _requests?.Add(use.At, use.Amount);
        }

        foreach (var use in record.Tokens?.Read() ?? [])
        {
            _tokens?.Add(use.At, use.Amount);
        }

        foreach (var running in record.Running)
        {
            Hold(running);
        }

        // The periods of the record, if they are still the present ones.
        _day.Used(now);
        _month.Used(now);
        _day.Adjust(record.At, record.TokensOfDay + record.ReservedTokens, now);
        _month.Adjust(record.At, record.TokensOfMonth + record.ReservedTokens, now);

        // The block may have been used at any time until its end, by a process that is gone or by one that does not yet know that it was replaced.
        _requests?.Add(record.ReservedUntil, record.ReservedRequests);
        _tokens?.Add(record.ReservedUntil, record.ReservedTokens);
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
    private void CorrectLost(KeySettlement settlement, DateTimeOffset now)
    {
        var reserved = TakeLost(settlement.RequestId, settlement.At, settlement.Reserved);
        var delta = (settlement.Tokens ?? 0) - reserved;
        if (reserved > 0 && delta < 0)
        {
            _day.Adjust(settlement.At, delta, now);
            _month.Adjust(settlement.At, delta, now);
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

    /// <summary>A request waits for its use to be noted.</summary>
    private void Want(int requests, long tokens)
    {
        _block.Want(_block.Wanted.Requests + requests, tokens);
        _wantedTokens += tokens;
    }

    /// <summary>How much to reserve ahead: for a while of the present load, at least what somebody waits for.</summary>
    private BlockSize Size(DateTimeOffset now)
    {
        var wanted = _block.Wanted;
        var rate = _block.Rate(now);
        if (wanted is { Requests: 0, Tokens: 0 } && rate * _options.ReserveValidity.TotalSeconds < 1)
        {
            return default;
        }

        var span = _options.ReserveSpan.TotalSeconds;
        var mostRequests = Math.Max(1, (_requests?.Limit ?? (MostRequestsReserved * ShareReserved)) / ShareReserved);
        var requests = Math.Clamp((long)Math.Max(Math.Ceiling(rate * span), wanted.Requests), 1, mostRequests);
        if (!_limits.CountTokens)
        {
            return new((int)requests, 0);
        }

        var load = (long)Math.Max(Math.Ceiling(_block.TokenRate(now) * span), _wantedTokens);
        return new((int)requests, Math.Max(wanted.Tokens, Math.Min(load, LeastTokenLimit() / ShareReserved)));
    }

    private long LeastTokenLimit() =>
        Math.Min(
            _limits.TokensPerMinute ?? long.MaxValue,
            Math.Min(_limits.TokensPerDay ?? long.MaxValue, _limits.TokensPerMonth ?? long.MaxValue)
        );

    /// <summary>A block ends with its day, so that it is known to which day it belongs.</summary>
    private TimeSpan Validity(DateTimeOffset now)
    {
        _day.Used(now);
        var left = _day.End - now;
        return left < _options.ReserveValidity ? left : _options.ReserveValidity;
    }
}
