using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPool
{
    private bool _availabilityFell;

    /// <summary>
    /// Renews leases. An unknown lease was granted by another activation and is taken over. Returns the leases that have ended by
    /// themselves: their slots may be in use again.
    /// </summary>
    public ImmutableArray<Guid> Renew(ImmutableArray<HeldLease> held, DateTimeOffset now)
    {
        ImmutableArray<Guid>.Builder? lost = null;
        var freed = false;
        foreach (var report in held)
        {
            if (_leases.Find(report.Id) is { } lease)
            {
                lease.Expires = now + _options.LeaseTtl;
                lease.Used = Math.Max(lease.Used, report.Used);
                freed |= NoteAnswer(lease, report, now);
            }
            else if (_leases.HasExpired(report.Id))
            {
                (lost ??= ImmutableArray.CreateBuilder<Guid>()).Add(report.Id);
            }
            else if (!_leases.WasSettled(report.Id))
            {
                TakeOver(report, now);
            }
        }

        if (freed)
        {
            Serve(now);
        }

        return lost?.ToImmutable() ?? [];
    }

    /// <summary>
    /// Reserves more tokens for a reply that grows, prompt and reply together up to <paramref name="upTo"/>. How many are reserved then, which may be fewer;
    /// null when more could be had, but is not noted in storage yet: ask again after the next write.
    /// </summary>
    public long? TopUp(HeldLease held, long upTo, DateTimeOffset now)
    {
        if (_leases.Find(held.Id) is null && !_leases.HasExpired(held.Id) && !_leases.WasSettled(held.Id))
        {
            TakeOver(held, now);
        }

        if (_stopped || _leases.Find(held.Id) is not { } lease)
        {
            return _stopped ? null : held.Tokens;
        }

        var account = lease.Account;
        _index.Touch(account);
        lease.Expires = now + _options.LeaseTtl;
        lease.Used = Math.Max(lease.Used, held.Used);
        NoteAnswer(lease, held, now);
        upTo = Math.Min(upTo, ReplyBlock.Most);
        if (upTo <= lease.Reserved)
        {
            return lease.Reserved;
        }

        account.Meter.Consume(lease, held.Used, now);
        var more = account.Meter.RoomFor(upTo - lease.Reserved, now);
        if (account.Meter.CountsTokens && more > account.Meter.Block.Tokens(now))
        {
            if (!_storageFailing && more > 0)
            {
                account.Meter.Want(0, more);
                return null;
            }

            more = account.Meter.Block.Tokens(now);
        }

        account.Meter.TopUp(lease, more, now);
        return lease.Reserved;
    }

    /// <summary>Every holder has reported: limits of concurrent calls hold again.</summary>
    public void FinishRecovery(DateTimeOffset now)
    {
        Recovering = false;
        Serve(now);
        EndDelaysByPool(now);
    }

    /// <summary>The addresses of all silos that hold leases, or held a lease that expired, and were not reported dead.</summary>
    public IEnumerable<string> Holders() => _leases.Holders();

    /// <summary>A silo has died: its leases end after a grace, in which it too learns of it.</summary>
    public void SiloDied(string silo, DateTimeOffset now)
    {
        foreach (var lease in _leases.EndBy(silo, now + _options.DeadSiloGrace))
        {
            LoseTurn(lease, now);
        }
    }

    /// <summary>Does what is due by the clock: ends leases and tickets, serves those that wait. Call it every second and at <see cref="NextWake"/>.</summary>
    public void Tick(DateTimeOffset now)
    {
        TickIndex(now);
        foreach (var lease in _leases.TakeExpired(now))
        {
            lease.Account.Leases--;
            _index.Touch(lease.Account);
            lease.Account.Meter.End(lease, now + _options.TransitAllowance, lease.Reserved, now);
            Inconclusive(lease, now, isRepeated: true);
            Raise(PoolEventKind.LeaseReclaimed, lease.Account.Name);
            if (lease.IsHolderDead)
            {
                LoseTurn(lease, now);
            }
        }

        ReleaseOpinions(now);
        TickTickets(now);
        if (_availabilityFell)
        {
            _availabilityFell = false;
            RejectHopeless(now);
        }

        Serve(now);
    }

    /// <summary>A turn died with its silo while its call was in flight: no other process can book what the call used.</summary>
    private void LoseTurn(LeaseEntry lease, DateTimeOffset now)
    {
        if (lease.Turn is { IsStored: false } turn)
        {
            // The same request may have been begun again under the same id; the books take an id once, and that turn's own end is the better record.
            var isBegunAgain = _leases.Live.Any(other =>
                other.Turn is { } begun && begun.ResponseId == turn.ResponseId && begun.AcceptedAt != turn.AcceptedAt
            );
            LostTurns.Add(LostTurn.Event(lease, turn, isBegunAgain, now));
        }
    }

    /// <summary>When <see cref="Tick"/> should be called, if before the next second; null when nothing waits.</summary>
    public DateTimeOffset? NextWake => _queue.Count == 0 ? null : Earlier(_nextFree, _queue.NextDeadline);

    private bool NoteAnswer(LeaseEntry lease, HeldLease report, DateTimeOffset now)
    {
        if (report.AnsweredAgo is not { } ago || lease.Answered)
        {
            return false;
        }

        lease.Answered = true;
        _index.Touch(lease.Account);
        lease.Account.Meter.Arrive(lease, Answered(lease, ago, now));
        var open = _breaker.State;
        Served(lease, Answered(lease, ago, now), now);
        if (report.RateLimits is { } told)
        {
            Tell(lease, told, Answered(lease, ago, now), now);
        }

        return lease.IsProbe || report.RateLimits is not null || open != _breaker.State;
    }

    /// <param name="report">The lease as its holder, or the last record, has it.</param>
    /// <param name="now">The present.</param>
    /// <param name="exact">Whether the windows that were restored hold it exactly: placed if it was answered, else not at all.</param>
    private void TakeOver(HeldLease report, DateTimeOffset now, bool exact = false)
    {
        if ((Find(report.Account) ?? Recall(report.Account, now)) is not { } account)
        {
            return;
        }

        var tokens = Math.Clamp(report.Tokens, 0, ReplyBlock.Most);
        DateTimeOffset? arrived = report.AnsweredAgo is { } ago ? now - ago : null;
        var recovered = !exact && arrived <= account.RecoveredUntil;
        var counted =
            recovered ? tokens
            : exact ? Math.Clamp(report.Used, 0, tokens)
            : 0;
        var lease = new LeaseEntry
        {
            Id = report.Id,
            Account = account,
            HolderSilo = report.HolderSilo,
            TokenHash = null,
            Turn = report.Turn,
            Used = report.Used,
            Tokens = tokens - counted,
            RecoveredTokens = counted,
            Granted = now,
            TakenOver = true,
            Expires = now + _options.LeaseTtl,
            Arrived = recovered || exact ? arrived : null,
            Answered = arrived is not null,
        };
        account.Leases++;
        _index.Touch(account);
        account.Meter.TakeOver(lease);
        _leases.Add(lease);
        if (lease.Arrived is null && arrived is { } at)
        {
            account.Meter.Arrive(lease, at);
        }
    }

    /// <summary>All wait longer now: requests whose time will not suffice are told so before their deadline.</summary>
    private void RejectHopeless(DateTimeOffset now)
    {
        foreach (var ticket in _tickets.Values)
        {
            if (ticket.Place is not null && Hopeless(Select(ticket.Request, ticket, now), now, ticket.Deadline) is { } rejection)
            {
                Complete(ticket, Reject(ticket.Request, rejection, now));
            }
        }
    }
}
