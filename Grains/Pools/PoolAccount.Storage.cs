using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

internal sealed partial class PoolAccount
{
    /// <summary>A tenth of a limit at most is reserved ahead, so that a crash costs no more.</summary>
    private const int ShareReserved = 10;

    private ImmutableDictionary<string, string>? _generatedOffered;

    /// <summary>What arrived before this is counted by what was recovered from storage.</summary>
    public DateTimeOffset RecoveredUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Grants wait for so much to be noted in storage.</summary>
    public void Want(int requests, long tokens)
    {
        if (HasWindows)
        {
            Block.Want(requests, tokens);
        }
    }

    /// <summary>How much to reserve ahead now; nothing when the account is idle.</summary>
    public BlockSize ReserveSize(DateTimeOffset now)
    {
        var wanted = Block.Wanted;
        if (
            !HasWindows
            || Index < 0
            || (wanted is { Requests: 0, Tokens: 0 } && Block.Rate(now) * _options.ReserveValidity.TotalSeconds < 1)
        )
        {
            return default;
        }

        var span = _options.ReserveSpan.TotalSeconds;
        var most = Math.Max(1, Least(tokens: false) / ShareReserved);
        var requests = Math.Clamp((long)Math.Ceiling(Block.Rate(now) * span), Math.Min(most, Math.Max(1, wanted.Requests)), most);
        var tokens = CountsTokens
            ? Math.Max(wanted.Tokens, Math.Min((long)Math.Ceiling(Block.TokenRate(now) * span), Least(tokens: true) / ShareReserved))
            : 0;
        return new((int)Math.Min(requests, int.MaxValue), tokens);
    }

    /// <summary>Whether storage holds every generated value, so that the account may be used.</summary>
    public bool GeneratedKept { get; private set; } = true;

    /// <summary>What storage should hold of it.</summary>
    /// <param name="now">The present.</param>
    /// <param name="ahead">Whether use is reserved ahead; false when nothing will be issued any more.</param>
    public AccountRecord Record(DateTimeOffset now, bool ahead)
    {
        var reserved = ahead && HasWindows ? Block.Offer(ReserveSize(now), now, _options.ReserveValidity) : default;
        var pending = ahead && HasWindows && _pendingRequests + _pendingTokens > 0;
        _generatedOffered = Generated;
        var windows = ImmutableArray.CreateBuilder<WindowRecord>(_windows.Length);
        foreach (var window in _windows)
        {
            windows.Add(WindowRecord.Of(window, now));
        }

        return new()
        {
            Name = Name,
            TokenHash = Definition.TokenHash,
            UpstreamId = Definition.UpstreamId,
            Generated = Generated,
            RefusedReason = Health.Marks.OfAccount?.Reason,
            ProbeAt = Health.Marks.OfAccount?.ProbeAt ?? default,
            ProbeInterval = Health.Marks.OfAccount?.Interval ?? default,
            RateLimitedUntil = Health.RateLimit.Until,
            RateLimitStep = Health.RateLimit.Step,
            ReservedRequests = reserved.Requests,
            ReservedTokens = reserved.Tokens,
            PendingRequests = pending ? _pendingRequests : 0,
            PendingTokens = pending ? _pendingTokens : 0,
            ReservedUntil = pending && reserved.ValidUntil < now ? now : reserved.ValidUntil,
            Windows = windows.MoveToImmutable(),
        };
    }

    /// <summary>The write that <see cref="Record"/> was for is over.</summary>
    public void EndWrite(bool succeeded)
    {
        if (succeeded)
        {
            Block.Written();
            GeneratedKept |= ReferenceEquals(_generatedOffered, Generated);
        }
        else
        {
            Block.Failed();
        }

        _generatedOffered = null;
    }

    /// <summary>Takes over what storage holds of it; all that was reserved counts as used.</summary>
    public void Restore(AccountRecord record, DateTimeOffset now)
    {
        (Generated, GeneratedKept) = (record.Generated, true);

        Health.RateLimit.Restore(record.RateLimitStep, record.RateLimitedUntil);
        if (record.RefusedReason is { } reason && record.TokenHash == Definition.TokenHash)
        {
            Health.Marks.Restore(reason, record.ProbeAt, record.ProbeInterval, now);
        }

        // What was pending was sent, at the latest, while its holder could still hold its lease.
        var last = record.ReservedUntil + _options.LeaseTtl;
        RecoveredUntil = (now < last ? now : last) + _options.TransitAllowance;

        // What was reserved may still be issued by an activation that does not yet know it has been replaced.
        var issuedUntil = record.ReservedUntil > now ? record.ReservedUntil + _options.TransitAllowance : RecoveredUntil;
        foreach (var window in _windows)
        {
            foreach (var use in UsesFor(window.Kind, record))
            {
                window.Add(use.At, use.Amount);
            }

            var tokens = window.Kind.CountsTokens();
            window.Add(RecoveredUntil, tokens ? record.PendingTokens : record.PendingRequests);
            window.Add(issuedUntil, tokens ? record.ReservedTokens : record.ReservedRequests);
        }
    }

    /// <summary>A limit that was added while the pool was stopped begins with what the longest other of its unit remembers.</summary>
    private static IEnumerable<WindowUse> UsesFor(WindowKind kind, AccountRecord record)
    {
        WindowRecord? best = null;
        var bestLength = TimeSpan.Zero;
        foreach (var stored in record.Windows)
        {
            foreach (var other in WindowKinds.All)
            {
                if (other.FieldName() != stored.Name || other.CountsTokens() != kind.CountsTokens())
                {
                    continue;
                }

                if (other == kind || other.Length() > bestLength)
                {
                    (best, bestLength) = (stored, other == kind ? TimeSpan.MaxValue : other.Length());
                }
            }
        }

        return best?.Read() ?? [];
    }

    private long Least(bool tokens)
    {
        var least = long.MaxValue;
        foreach (var window in _windows)
        {
            least = window.Kind.CountsTokens() == tokens ? Math.Min(least, window.Limit) : least;
        }

        return least;
    }
}
