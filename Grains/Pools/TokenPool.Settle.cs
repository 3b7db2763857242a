using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPool
{
    /// <summary>Ends a lease. Idempotent; a lease that has ended by itself is still booked, once.</summary>
    public void Settle(Settlement settlement, DateTimeOffset now)
    {
        if (_leases.WasSettled(settlement.LeaseId))
        {
            return;
        }

        if (_leases.Settle(settlement.LeaseId) is not { } settled)
        {
            SettleUnknown(settlement, now);
            return;
        }

        var (lease, alive) = settled;
        var account = lease.Account;
        _index.Touch(account);
        if (alive)
        {
            account.Leases--;
            Book(lease, settlement, now);
            _meanHoldSeconds += ((now - lease.Granted).TotalSeconds - _meanHoldSeconds) / 16;
        }
        else
        {
            BookLate(lease, settlement, now);
        }

        // An answer that was reported before was counted then.
        if (settlement.RateLimits is { } told && !lease.Answered)
        {
            Tell(lease, told, settlement.AnsweredAgo is { } ago ? Answered(lease, ago, now) : now, now);
        }

        Judge(lease, settlement, now);
        Serve(now);
    }

    private void Tell(LeaseEntry lease, RateLimitReport told, DateTimeOffset at, DateTimeOffset now)
    {
        if (lease.Request?.UpstreamModel is not { } model)
        {
            return;
        }

        var (requests, tokens) = (0L, 0L);
        foreach (var other in _leases.Live)
        {
            if (other.Account == lease.Account && other.Arrived is null && other.Request?.UpstreamModel == model)
            {
                requests++;
                tokens += other.Reserved;
            }
        }

        lease.Account.Told.Tell(model, told, at, requests, tokens, now);
        _availabilityFell = true;
    }

    private void Book(LeaseEntry lease, Settlement settlement, DateTimeOffset now)
    {
        if (!settlement.Sent && lease.Arrived is null)
        {
            lease.Account.Meter.GiveBack(lease);
            return;
        }

        lease.Account.Meter.End(lease, ArrivedBy(lease, settlement, now), TokensOf(lease, settlement), now);
    }

    private static void BookLate(LeaseEntry lease, Settlement settlement, DateTimeOffset now)
    {
        if (lease.Arrived is not null)
        {
            lease.Account.Meter.EndLate(lease, settlement.Sent || lease.Answered ? 0 : -1, TokensOf(lease, settlement), now);
        }
    }

    /// <summary>What the call used: as reported; for a request the upstream turned down, nothing; else as estimated.</summary>
    private static long TokensOf(LeaseEntry lease, Settlement settlement) =>
        !settlement.Sent ? 0
        : settlement.ActualTokens is { } actual ? Math.Clamp(actual, 0, ReplyBlock.Most)
        : settlement.Failure is { StatusCode: not null } failure && Faults.Of(failure.Reason) is not (Fault.Service or Fault.Limit) ? 0
        : lease.Reserved;

    /// <summary>The earliest instant by which the request has surely arrived upstream.</summary>
    private DateTimeOffset ArrivedBy(LeaseEntry lease, Settlement settlement, DateTimeOffset now)
    {
        if (settlement.AnsweredAgo is { } ago)
        {
            return Answered(lease, ago, now);
        }

        return settlement.Failure?.StatusCode is not null ? now : now + _options.TransitAllowance;
    }

    private static DateTimeOffset Answered(LeaseEntry lease, TimeSpan ago, DateTimeOffset now)
    {
        var at = now - (ago > TimeSpan.Zero ? ago : TimeSpan.Zero);
        return at > lease.Granted || lease.TakenOver ? at : lease.Granted;
    }

    /// <summary>Decides what the end of a call means for its account: <see cref="Fault"/> says what the failure means.</summary>
    private void Judge(LeaseEntry lease, Settlement settlement, DateTimeOffset now)
    {
        if (settlement.Failure is not { } failure)
        {
            if (lease.Answered || settlement.AnsweredAgo is not null)
            {
                lease.Account.Health.Succeed(lease.Granted, ModelOf(lease));
                Served(lease, settlement.AnsweredAgo is { } ago ? Answered(lease, ago, now) : lease.Granted, now);
            }
            else
            {
                Inconclusive(lease, now, isRepeated: true);
            }

            return;
        }

        switch (Faults.Of(failure.Reason))
        {
            case Fault.Account:
                AccountFailed(lease, failure, now);
                break;
            case Fault.Limit:
                Answered(lease, now);
                RateLimited(lease.Account, failure, lease.Granted, now, ModelOf(lease));
                break;
            case Fault.Provisional:
                Refused(lease, failure.Reason, failure.StatusCode, now);
                break;
            case Fault.Service:
                ServiceFailed(lease, failure, now);
                break;
            default:
                Answered(lease, now);
                break;
        }
    }

    /// <summary>The upstream answered sensibly, but not with a reply: this only shows that the service answers.</summary>
    private void Answered(LeaseEntry lease, DateTimeOffset now)
    {
        if (_breaker.Answered(lease.Id, now))
        {
            Raise(PoolEventKind.BreakerClosed);
        }

        Inconclusive(lease, now, isRepeated: true);
    }

    private void RateLimited(PoolAccount account, UpstreamFailure failure, DateTimeOffset granted, DateTimeOffset now, string model)
    {
        var until = account.Health.RestsUntil;
        account.Health.Rest(failure, granted, now, model);
        MarksChanged(account, now);
        if (account.Health.RestsUntil > until)
        {
            Raise(PoolEventKind.RateLimited, account.Name, account.Health.RestsUntil);
        }
    }

    /// <summary>
    /// Only the first such failure of a request counts: a request that fails on every account counts against one account at most, and then against none.
    /// </summary>
    private void ServiceFailed(LeaseEntry lease, UpstreamFailure failure, DateTimeOffset now)
    {
        var account = lease.Account;
        var request = lease.Request is { } known ? RequestOf(known) : default;
        var counts = lease.Request is not { HasFailed: true } && !_failed.Contains(request, now);
        if (lease.Request is { HasFailed: true })
        {
            _failed.Add(request, now);
        }

        account.Health.LastFailedAt = now;
        account.Health.Marks.EndProbe(lease.Id, now, isRepeated: false);
        EndOpinion(lease, now);
        if (counts && _breaker.Charges(lease.Granted))
        {
            account.Health.Rest(failure, lease.Granted, now);
            MarksChanged(account, now);
            Raise(PoolEventKind.UpstreamFailed, account.Name, account.Health.Upstream.Until);
        }

        if (counts || _breaker.Probe == lease.Id)
        {
            Suspect(lease, Fault.Service, failure.RetryAfter, now);
        }
    }

    /// <summary>
    /// A settlement of a lease that another activation granted and no silo reported: its use is among what was recovered, its failure still
    /// says something of the account.
    /// </summary>
    private void SettleUnknown(Settlement settlement, DateTimeOffset now)
    {
        _leases.RememberSettled(settlement.LeaseId);
        if (settlement is not { Account: { } name, Failure: { } failure } || Find(name) is not { } account)
        {
            return;
        }

        _index.Touch(account);

        switch (Faults.Of(failure.Reason))
        {
            case Fault.Limit:
                RateLimited(account, failure, now, now, "");
                break;
            case Fault.Account:
                Charge(account, failure, now, now);
                break;
        }
    }
}
