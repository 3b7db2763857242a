using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

internal sealed partial class PoolAccount
{
    private ImmutableDictionary<string, string>? _generatedOffered;
    private AccountRecord? _record;
    private long _recordedChanges;
    private bool _isOffered;
    private bool _isRecorded;
    private long _unusedChanges;

    /// <summary>What arrived before this is counted by what was recovered from storage.</summary>
    public DateTimeOffset RecoveredUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether storage holds every generated value, so that the account may be used.</summary>
    public bool GeneratedKept { get; private set; } = true;

    /// <summary>What storage should hold of it.</summary>
    /// <param name="now">The present.</param>
    /// <param name="ahead">Whether use is reserved ahead; false when nothing will be issued any more.</param>
    /// <param name="sequence">The number of the write that it is for.</param>
    /// <param name="least">What is reserved ahead at least.</param>
    public AccountRecord Record(DateTimeOffset now, bool ahead, long sequence = 0, BlockSize least = default)
    {
        (_isOffered, _isRecorded) = (ahead, true);
        ahead &= Meter.HasLimits;
        // An account that is no longer configured, or not yet in use, is granted nothing.
        var reserved = ahead ? Meter.Offer(now, more: Index >= 0 && UnusedSince == default, least) : default;
        var pending = ahead && Meter.PendingRequests + Meter.PendingTokens > 0;
        _generatedOffered = Generated;
        _recordedChanges = Meter.Changes;
        return _record = new()
        {
            Sequence = sequence,
            Name = Name,
            TokenHash = Definition.TokenHash,
            UpstreamId = Definition.UpstreamId,
            Generated = Generated,
            RefusedReason = Health.Marks.OfAccount?.Reason,
            ProbeAt = Health.Marks.OfAccount?.ProbeAt ?? default,
            ProbeInterval = Health.Marks.OfAccount?.Interval ?? default,
            RateLimitedUntil = Health.LimitedUntil,
            RateLimitStep = Health.RateLimit.Step,
            ReservedRequests = reserved.Requests,
            ReservedTokens = reserved.Tokens,
            PendingRequests = pending ? Meter.PendingRequests : 0,
            PendingTokens = pending ? Meter.PendingTokens : 0,
            ReservedUntil = pending && reserved.ValidUntil < now ? now : reserved.ValidUntil,
            Windows = Meter.Records(now),
            UnusedSince = UnusedSince,
        };
    }

    /// <summary>What storage holds of it while that is still right; null when a record must be made.</summary>
    public AccountRecord? Kept(bool ahead) =>
        _record is { } record
        && _recordedChanges == Meter.Changes
        && GeneratedKept
        && record.UnusedSince == UnusedSince
        && record.Name == Name
        && record.TokenHash == Definition.TokenHash
        && record.UpstreamId == Definition.UpstreamId
        && ReferenceEquals(record.Generated, Generated)
        && record.RefusedReason == Health.Marks.OfAccount?.Reason
        && record.ProbeAt == (Health.Marks.OfAccount?.ProbeAt ?? default)
        && record.RateLimitedUntil == Health.LimitedUntil
        && record.RateLimitStep == Health.RateLimit.Step
        && (ahead || (record.ReservedRequests | record.ReservedTokens | record.PendingRequests | record.PendingTokens) == 0)
            ? record
            : null;

    /// <summary>Whether there is nothing that a record would have to say.</summary>
    public bool IsUnwritten =>
        _record is null
        && Meter.Changes == _unusedChanges
        && Generated.IsEmpty
        && Health.Marks.OfAccount is null
        && Health.RateLimit.Step == 0
        && Health.LimitedUntil == DateTimeOffset.MinValue;

    /// <summary>Counts on what a write notes for all accounts alike, which may be nothing.</summary>
    public void OfferShared(in BlockSize shared, DateTimeOffset now)
    {
        if (Meter.HasLimits && shared.Requests > 0)
        {
            Meter.OfferShared(shared, now);
            _isOffered = true;
        }
    }

    /// <summary>The write that <see cref="Record"/> or <see cref="OfferShared"/> was for is over.</summary>
    public void EndWrite(bool succeeded)
    {
        if (!succeeded && _isRecorded)
        {
            // It is not known which record storage holds.
            _record = null;
            _unusedChanges = -1;
        }

        _isRecorded = false;
        if (_isOffered)
        {
            Meter.EndWrite(succeeded);
            _isOffered = false;
        }

        if (_generatedOffered is null)
        {
            return;
        }

        GeneratedKept |= succeeded && ReferenceEquals(_generatedOffered, Generated);
        _generatedOffered = null;
    }

    /// <summary>
    /// Takes over what storage holds of it; all that was reserved counts as used. Nothing lasts longer from now on than it may have lasted when it was written,
    /// independent of the clock's time then.
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
        (_record, _recordedChanges) = (record, Meter.Changes);
    }

    /// <summary>
    /// Takes over what another pool knows of it, where its calls have ended, beside what is known here: should a use be known to both, it counts twice rather than
    /// not at all.
    /// </summary>
    public void TakeAlong(AccountRecord record, DateTimeOffset now)
    {
        var (recovered, own) = (RecoveredUntil, Generated);
        Restore(record, now);
        RecoveredUntil = recovered > RecoveredUntil ? recovered : RecoveredUntil;
        Generated = record.Generated.SetItems(own);
        GeneratedKept = false;
        (_record, _unusedChanges) = (null, -1);
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
