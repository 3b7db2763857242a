using System.Collections.Immutable;

namespace FlowGpt.Grains.Reservations;

/// <summary>
/// What is stored ahead of time, so that a process that dies leaves nothing uncounted: a block of requests and tokens that may be let in before the
/// next write. An activation that begins from storage counts the whole block as used.
/// </summary>
internal sealed partial class Meter
{
    /// <summary>A tenth of a limit at most is reserved ahead, so that a crash costs no more.</summary>
    private const int ShareReserved = 10;

    public ReserveBlock Block { get; } = new();

    /// <summary>The amounts that are waited for, in their order.</summary>
    public void Want(int requests, long tokens)
    {
        if (HasLimits)
        {
            Changes++;
            Block.Want(requests, tokens);
        }
    }

    /// <summary>How much to reserve ahead: for some time of the present load, at least what waiting requests need; nothing when there are no requests.</summary>
    public BlockSize Size(DateTimeOffset now)
    {
        var wanted = Block.Wanted;
        if (!HasLimits || (!Block.IsWanted && Block.Rate(now) * options.ReserveValidity.TotalSeconds < 1))
        {
            return default;
        }

        var span = options.ReserveSpan.TotalSeconds;
        var most = Math.Min(int.MaxValue, Math.Max(1, Least(tokens: false) / ShareReserved));
        var requests = Math.Clamp((long)Math.Max(Math.Ceiling(Block.Rate(now) * span), wanted.Requests), 1, most);
        var load = (long)Math.Max(Math.Ceiling(Block.TokenRate(now) * span), Block.WantedTogether);
        return new((int)requests, CountsTokens ? Math.Max(wanted.Tokens, Math.Min(load, Least(tokens: true) / ShareReserved)) : 0);
    }

    /// <summary>Whether the block should be topped up before it is used up.</summary>
    public bool IsLow(DateTimeOffset now) => Size(now) is { Requests: > 0 } size && Block.IsLow(size, now, Validity(now));

    /// <summary>Begins a write: what storage will hold as used although it is not yet.</summary>
    /// <param name="now">The present.</param>
    /// <param name="more">Whether more may be let in than what the block holds already.</param>
    /// <param name="least">What is noted at least, if more may be let in.</param>
    public (int Requests, long Tokens, DateTimeOffset ValidUntil) Offer(DateTimeOffset now, bool more = true, BlockSize least = default)
    {
        var size = more ? Size(now) : default;
        size = more ? new(Math.Max(size.Requests, least.Requests), Math.Max(size.Tokens, CountsTokens ? least.Tokens : 0)) : size;
        return Block.Offer(size, now, Validity(now));
    }

    /// <summary>
    /// Begins a write that notes the same for every account, so that this meter needs no record of its own. Nothing else may have
    /// changed since its record was made.
    /// </summary>
    public void OfferShared(in BlockSize shared, DateTimeOffset now) =>
        Block.Offer(CountsTokens ? shared : new(shared.Requests, 0), now, options.ReserveValidity);

    /// <summary>The write is over. Failed, or of unknown outcome: what was reserved before still holds.</summary>
    public void EndWrite(bool succeeded)
    {
        if (succeeded)
        {
            Block.Written();
        }
        else
        {
            Block.Failed();
        }
    }

    /// <summary>What storage should hold of the sliding windows; what is used by the calendar is one number each.</summary>
    public ImmutableArray<WindowRecord> Records(DateTimeOffset now) =>
        [.. _windows.OfType<RateWindow>().Select(window => WindowRecord.Of(window, now))];

    /// <summary>
    /// Takes over what storage holds. A limit that was added meanwhile begins with what the longest other of its unit remembers. A use that a clock ahead of
    /// this one entered counts from <paramref name="now"/>: everything stored was used before it was read.
    /// </summary>
    public void Restore(IEnumerable<WindowRecord> records, DateTimeOffset now)
    {
        var stored = records.ToDictionary(static record => record.Name, StringComparer.Ordinal);
        foreach (var window in _windows)
        {
            foreach (var use in UsesFor(window.Kind, stored))
            {
                window.Add(use.At > now ? now : use.At, use.Amount);
            }
        }
    }

    private static IEnumerable<WindowUse> UsesFor(WindowKind kind, Dictionary<string, WindowRecord> stored) =>
        kind.IsCalendar()
            ? []
            : WindowKinds
                .All.Where(other => other.CountsTokens() == kind.CountsTokens() && stored.ContainsKey(other.FieldName()))
                .OrderByDescending(other => other == kind ? TimeSpan.MaxValue : other.Length())
                .Select(other => stored[other.FieldName()].Read())
                .FirstOrDefault([]);

    /// <summary>A block ends with its day, so that it is known to which day it belongs.</summary>
    private TimeSpan Validity(DateTimeOffset now)
    {
        var validity = options.ReserveValidity;
        foreach (var window in _windows)
        {
            if (window is CalendarWindow calendar)
            {
                calendar.Placed(now);
                var left = calendar.End - now - TimeSpan.FromMilliseconds(1);
                validity = left < validity ? left : validity;
            }
        }

        return validity;
    }
}
