using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

/// <remarks>
/// Every change that matters after a crash goes into one record of the whole pool, so one write serves all accounts. Use is written
/// before it is issued: see <see cref="ReserveBlock"/>. One write at a time. In a large pool the records of accounts of which nothing has changed are the
/// very objects of the record before, and <see cref="SharedReserve"/> lets accounts that were idle serve without a separate record.
/// </remarks>
internal sealed partial class TokenPool
{
    /// <summary>A shorter cool-down is not worth a write.</summary>
    private static readonly TimeSpan WorthKeeping = TimeSpan.FromSeconds(5);

    /// <summary>What is known of an account that was removed is kept for longer than its longest window.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(90);
    private static readonly TimeSpan BelievedWithin = TimeSpan.FromDays(30);

    private bool _marksChanged;
    private bool _storageFailing;
    private bool _everWritten;
    private bool _stopped;
    private ImmutableArray<HeldLease> _restoredLeases = [];
    private bool _writing;

    /// <summary>Takes over what storage holds. Once, before anything else.</summary>
    public void Restore(PoolRecord record, DateTimeOffset now)
    {
        var delta = record.Delta(Calendar.Wall(now));
        _sequence = record.Sequence;
        _restoredShared = record.Shared?.Shifted(delta);
        foreach (var account in record.Accounts)
        {
            var own = delta == TimeSpan.Zero ? account : account.Shifted(delta);
            own = _restoredShared?.Apply(own) ?? own;
            // A clock that stands far beyond the record may be wrong: nothing is forgotten on its word.
            if (
                own.UnusedSince == default
                || now - own.UnusedSince < ForgottenAfter
                || record.At == default
                || now - record.At > BelievedWithin
            )
            {
                _stored[account.Name] = own;
            }
        }

        _restoredLeases = record.Leases ?? [];
        Recovering = true;
    }

    /// <summary>Whether storage should be written: a grant waits for it, a block runs low, or there is something to remember.</summary>
    public bool WriteWanted(DateTimeOffset now)
    {
        if (_writing)
        {
            return false;
        }

        if (_marksChanged)
        {
            return true;
        }

        if (IsLarge)
        {
            return WriteOfLargeWanted(now);
        }

        foreach (var account in _accounts)
        {
            if (account.Meter.Block.IsWanted || account.Meter.IsLow(now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Begins a write. Must be followed by <see cref="EndWrite"/>.</summary>
    public PoolRecord BeginWrite(DateTimeOffset now)
    {
        _writing = true;
        _marksChanged = false;
        _sequence++;
        var shared = BeginShared(now);
        return new()
        {
            Accounts = Records(now, ahead: true),
            At = now,
            WallAhead = Calendar.Ahead,
            Sequence = _sequence,
            Shared = shared,
        };
    }

    /// <summary>The write has ended. When it failed, or its outcome is unknown, what was noted before still holds.</summary>
    public void EndWrite(bool succeeded, DateTimeOffset now)
    {
        _writing = false;
        _storageFailing = !succeeded;
        _written = succeeded ? _sequence : _written;
        _marksChanged |= !succeeded;
        EndShared(succeeded);
        foreach (var account in _accounts)
        {
            account.EndWrite(succeeded);
        }

        foreach (var account in _departed)
        {
            account.EndWrite(succeeded);
        }

        Serve(now);
        if (succeeded)
        {
            EndDelaysByPool(now);
        }
    }

    /// <summary>
    /// The last record of a pool that stops in order: exact, with the leases in flight. Nothing may be granted afterwards. Null when
    /// there is nothing worth a write.
    /// </summary>
    public PoolRecord? Close(DateTimeOffset now)
    {
        Stop();
        var leases = ImmutableArray.CreateBuilder<HeldLease>(_leases.Count);
        foreach (var lease in _leases.Live)
        {
            var answered = lease.Arrived is { } at ? now - at : (TimeSpan?)null;
            leases.Add(
                new(lease.Id, lease.Account.Name, lease.HolderSilo, lease.Reserved, answered)
                {
                    Used = lease.Placed + lease.RecoveredTokens,
                    Turn = lease.Turn,
                }
            );
        }

        var worth = leases.Count > 0 || _everWritten || Array.Exists(_accounts, account => account.Meter.HasLimits);
        return worth
            ? new()
            {
                Accounts = Records(now, ahead: false),
                Leases = leases.MoveToImmutable(),
                At = now,
                WallAhead = Calendar.Ahead,
                Sequence = _sequence + 1,
            }
            : null;
    }

    /// <summary>Grants nothing any more; those that wait must ask again.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (var ticket in _tickets.Values)
        {
            if (ticket.Place is not null)
            {
                Complete(ticket, new AcquireResult.Rejected(RejectReason.UnknownTicket, TimeSpan.Zero));
            }
        }
    }

    private bool NeedsStorage(PoolAccount account, AcquireRequest request, DateTimeOffset now) =>
        !account.GeneratedKept
        || (
            account.Meter.HasLimits
            && !account.Meter.Block.Covers(account.Meter.CountsTokens, account.Meter.Fit(NeedOf(request).Wanted), now)
        );

    private void MarksChanged(PoolAccount account, DateTimeOffset now)
    {
        _availabilityFell = true;
        _marksChanged |= account.Health.Marks.OfAccount is not null || account.Health.LimitedUntil - now > WorthKeeping;
    }

    private ImmutableArray<AccountRecord> Records(DateTimeOffset now, bool ahead)
    {
        _everWritten = true;
        var shared = ahead && _sharedOffered is { } offered ? new BlockSize(1, offered.Tokens) : default;
        var records = ImmutableArray.CreateBuilder<AccountRecord>(_accounts.Length + _departed.Count + _stored.Count);
        foreach (var account in _accounts)
        {
            if (IsLarge && account.IsUnwritten)
            {
                account.OfferShared(shared, now);
            }
            else if (IsLarge && account.Kept(ahead) is { } kept)
            {
                records.Add(kept);
                account.OfferShared(shared, now);
            }
            else
            {
                records.Add(account.Record(now, ahead, _sequence, shared));
            }
        }

        foreach (var account in _departed)
        {
            records.Add((IsLarge ? account.Kept(ahead) : null) ?? account.Record(now, ahead, _sequence));
        }

        records.AddRange(_stored.Values);
        return records.DrainToImmutable();
    }
}
