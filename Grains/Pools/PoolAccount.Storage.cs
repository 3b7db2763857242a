using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

internal sealed partial class PoolAccount
{
    private ImmutableDictionary<string, string>? _generatedOffered;

    /// <summary>What arrived before this is counted by what was recovered from storage.</summary>
    public DateTimeOffset RecoveredUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether storage holds every generated value, so that the account may be used.</summary>
    public bool GeneratedKept { get; private set; } = true;

    /// <summary>What storage should hold of it.</summary>
    /// <param name="now">The present.</param>
    /// <param name="ahead">Whether use is reserved ahead; false when nothing will be issued any more.</param>
    public AccountRecord Record(DateTimeOffset now, bool ahead)
    {
        ahead &= Meter.HasLimits;
        // An account that is no longer configured is granted nothing.
        var reserved = ahead ? Meter.Offer(now, more: Index >= 0) : default;
        var pending = ahead && Meter.PendingRequests + Meter.PendingTokens > 0;
        _generatedOffered = Generated;
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
            PendingRequests = pending ? Meter.PendingRequests : 0,
            PendingTokens = pending ? Meter.PendingTokens : 0,
            ReservedUntil = pending && reserved.ValidUntil < now ? now : reserved.ValidUntil,
            Windows = Meter.Records(now),
        };
    }

    /// <summary>The write that <see cref="Record"/> was for is over.</summary>
    public void EndWrite(bool succeeded)
    {
        Meter.EndWrite(succeeded);
        GeneratedKept |= succeeded && ReferenceEquals(_generatedOffered, Generated);
        _generatedOffered = null;
    }

    /// <summary>
    /// Takes over what storage holds of it; all that was reserved counts as used. Nothing lasts longer from now on than it may have lasted when it was written,
    /// whatever a clock said then.
    /// </summary>
    public void Restore(AccountRecord record, DateTimeOffset now)
    {
        (Generated, GeneratedKept) = (record.Generated, true);

        Health.RateLimit.Restore(record.RateLimitStep, record.RateLimitedUntil, now);
        if (record.RefusedReason is { } reason && record.TokenHash == Definition.TokenHash)
        {
            Health.Marks.Restore(reason, record.ProbeAt, record.ProbeInterval, now);
        }

        // What was pending was sent, at the latest, while its holder could still hold its lease.
        var reservedUntil = Earlier(record.ReservedUntil, now + _options.ReserveValidity);
        var last = reservedUntil + _options.LeaseTtl;
        RecoveredUntil = Earlier(now, last) + _options.TransitAllowance;

        // What was reserved may still be issued by an activation that does not yet know it has been replaced.
        var issuedUntil = reservedUntil > now ? reservedUntil + _options.TransitAllowance : RecoveredUntil;
        Meter.Restore(record.Windows, now);
        Meter.Place(RecoveredUntil, record.PendingRequests, record.PendingTokens);
        Meter.Place(issuedUntil, record.ReservedRequests, record.ReservedTokens);
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
