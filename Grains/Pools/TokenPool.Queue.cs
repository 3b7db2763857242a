using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools.Decisions;
using FlowGpt.Grains.Pools.Queueing;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPool
{
    /// <summary>A ticket that is not asked for within this time is dropped.</summary>
    public static readonly TimeSpan TicketTimeout = TimeSpan.FromSeconds(10);

    /// <summary>After so many later requests were served before it, an account is kept for a request.</summary>
    private const int PassedOverMost = 16;

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestGuess = TimeSpan.FromSeconds(30);

    // Requests that wait longer than they asked for because the pool itself is not ready, with the end of the time they asked for.
    private readonly List<(Ticket Ticket, DateTimeOffset Until)> _delayedByPool = [];
    private readonly BlockedRequests _blocked = new();
    private DateTimeOffset? _nextFree;
    private PoolAccount? _earmarked;
    private Ticket? _earmarkedFor;
    private double _meanHoldSeconds = 1;

    /// <summary>The outcome of a ticket, or null while it waits; asking keeps it from being dropped. Repeatable.</summary>
    public AcquireResult? Ask(Guid id, DateTimeOffset now)
    {
        if (!_tickets.TryGetValue(id, out var ticket))
        {
            return new AcquireResult.Rejected(RejectReason.UnknownTicket, TimeSpan.Zero);
        }

        ticket.Asked = now;
        ticket.Delivered = ticket.Outcome is not null;
        return ticket.Outcome;
    }

    /// <summary>1 = next of its key; 0 when it does not wait.</summary>
    public int PositionOf(Guid id) => _tickets.TryGetValue(id, out var ticket) ? WaitQueue.PositionOf(ticket) : 0;

    /// <summary>Leaves the queue; a lease it was granted comes back unused. Idempotent.</summary>
    public void Abandon(Guid id, DateTimeOffset now)
    {
        if (_tickets.Remove(id, out var ticket))
        {
            Drop(ticket, now, returnLease: true);
            Serve(now);
        }
    }

    /// <summary>Grants what can be granted to those that wait, in turn between their keys.</summary>
    private void Serve(DateTimeOffset now)
    {
        _nextFree = null;
        while (_queue.Count > 0 && AnyRoom(now) && ServeOne(now)) { }
    }

    /// <summary>The pool can serve again: requests that waited only because the pool was not ready, and that cannot be served now, are rejected.</summary>
    private void EndDelaysByPool(DateTimeOffset now)
    {
        if (Recovering || BeginsArrivals)
        {
            return;
        }

        foreach (var (ticket, until) in _delayedByPool)
        {
            if (ticket.Place is not null && until <= now && Select(ticket.Request, ticket, now) is { NeedsStorage: false } selection)
            {
                Complete(ticket, Reject(ticket.Request, TooLate(selection, now), now));
            }
        }

        _delayedByPool.RemoveAll(static one => one.Ticket.Place is null);
    }

    /// <summary>
    /// One round over the keys, up to the first grant. A key that cannot be served keeps its turn. A request that cannot be served yet does not stop those
    /// behind it: only those that wait for the same accounts and need as much are passed over with it.
    /// </summary>
    private bool ServeOne(DateTimeOffset now)
    {
        _blocked.Clear();
        LinkedListNode<Ticket>? next;
        for (var line = _queue.FirstLine; line is not null; line = line.Next)
        {
            for (var place = line.Value.Tickets.First; place is not null; place = next)
            {
                next = place.Next;
                var ticket = place.Value;
                if (ticket.PassedOver > PassedOverMost && _earmarkedFor is null)
                {
                    Earmark(ticket, now);
                }

                if (ticket != _earmarkedFor && _blocked.Covers(ticket.Request, _breaker.LetsProbeEarly(line.Value.Key)))
                {
                    continue;
                }

                var selection = Select(ticket.Request, ticket, now);
                if (selection is { Account: { } account, NeedsStorage: false })
                {
                    PassOver(line, ticket);
                    _queue.EndTurn(line.Value.Key);
                    var lease = Grant(account, ticket.Request, selection.Why, now);
                    Complete(ticket, new AcquireResult.Granted(lease));
                    return true;
                }

                if (selection.NeedsStorage)
                {
                    // The write serves all that wait: what it must cover is not one request but a turn of the queue.
                    var meter = selection.Account!.Meter;
                    meter.Want(_queue.Count, meter.Fit(NeedOf(ticket.Request).Wanted));
                    WantShared(meter.Fit(NeedOf(ticket.Request).Wanted));
                    _index.Touch(selection.Account);
                    return false;
                }

                if (Hopeless(selection, now, ticket.Deadline) is { } rejection)
                {
                    Complete(ticket, Reject(ticket.Request, rejection, now));
                    return true;
                }

                _nextFree = Earlier(_nextFree, selection.FreeAt);
                _blocked.Add(ticket.Request, _breaker.LetsProbeEarly(line.Value.Key));
            }
        }

        return false;
    }

    /// <summary>Counts against the first request of each line, up to and including this line, that another request was served before it.</summary>
    private void PassOver(LinkedListNode<KeyLine> served, Ticket ticket)
    {
        for (var line = _queue.FirstLine; line is not null; line = line.Next)
        {
            var head = line.Value.Tickets.First!.Value;
            head.PassedOver += head == ticket ? 0 : 1;
            if (line == served)
            {
                return;
            }
        }
    }

    /// <summary>Keeps the account that frees first for a request that smaller requests have overtaken too often.</summary>
    private void Earmark(Ticket ticket, DateTimeOffset now)
    {
        DateTimeOffset? best = null;
        foreach (var account in _accounts)
        {
            var freeAt = IsExcluded(ticket.Request, account) ? null : CheckFor(account, ticket.Request, ticket, now).FreeAt;
            if (freeAt is not null && (best is null || freeAt < best))
            {
                (best, _earmarked, _earmarkedFor) = (freeAt, account, ticket);
            }
        }
    }

    /// <summary>Whether any account could serve the smallest request; if not, notes when an account could.</summary>
    private bool AnyRoom(DateTimeOffset now)
    {
        if (_stopped || _breaker.NextCallAt is not { } nextCall)
        {
            return false;
        }

        if (nextCall > now && !AnyProbesEarly())
        {
            _nextFree = nextCall;
            return false;
        }

        if (IsLarge)
        {
            _index.Refresh(now);
            if (_index.First?.Check(0, 0, now).Reason == SkipReason.None)
            {
                return true;
            }
        }

        var usable = false;
        foreach (var account in _accounts)
        {
            var verdict = account.Check(0, 0, now);
            if (verdict.Reason == SkipReason.None)
            {
                return true;
            }

            usable |= !verdict.Reason.IsFinal();
            _nextFree = Earlier(_nextFree, verdict.FreeAt);
        }

        // They can never be served: the round tells them so.
        return !usable;
    }

    private bool AnyProbesEarly()
    {
        for (var line = _queue.FirstLine; line is not null; line = line.Next)
        {
            if (_breaker.LetsProbeEarly(line.Value.Key))
            {
                return true;
            }
        }

        return false;
    }

    private void Complete(Ticket ticket, AcquireResult outcome)
    {
        _queue.Remove(ticket);
        ticket.Outcome = outcome;
        Completed.Add(ticket);
        Unmark(ticket);
    }

    private void Drop(Ticket ticket, DateTimeOffset now, bool returnLease)
    {
        _queue.Remove(ticket);
        Unmark(ticket);
        if (returnLease && ticket.Outcome is AcquireResult.Granted granted)
        {
            Settle(new Settlement(granted.Lease.Id, false, null, null), now);
        }
    }

    private void Unmark(Ticket ticket)
    {
        if (_earmarkedFor == ticket)
        {
            (_earmarked, _earmarkedFor) = (null, null);
        }
    }

    private void TickTickets(DateTimeOffset now)
    {
        while (_queue.NextDue is { } due && due.Deadline <= now)
        {
            var selection = Select(due.Request, due, now);
            Complete(due, Reject(due.Request, TooLate(selection, now), now));
        }

        foreach (var (id, ticket) in _tickets)
        {
            if (now - ticket.Asked >= TicketTimeout)
            {
                _tickets.Remove(id);
                Drop(ticket, now, returnLease: !ticket.Delivered);
            }
        }
    }

    /// <summary>Why a request that may wait no longer is not served.</summary>
    private AcquireResult.Rejected TooLate(in Selection selection, DateTimeOffset now) =>
        Hopeless(selection, now, now) ?? new(RejectReason.NoAccountInTime, RetryAfter(selection, now));

    /// <summary>Exact where the clock decides; else estimated from how long recent calls took.</summary>
    private TimeSpan RetryAfter(in Selection selection, DateTimeOffset now)
    {
        var guess = TimeSpan.FromSeconds(_meanHoldSeconds / Math.Max(1, _leases.Count));
        guess =
            guess < ShortestRetry ? ShortestRetry
            : guess > LongestGuess ? LongestGuess
            : guess;
        if (selection.FreeAt is not { } freeAt)
        {
            return guess;
        }

        var exact = freeAt > now ? freeAt - now : TimeSpan.Zero;
        return selection.Uncertain && guess < exact ? guess : exact;
    }
}
