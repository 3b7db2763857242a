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

        Judge(lease, settlement, now);
        Serve(now);
    }

    private void Book(LeaseEntry lease, Settlement settlement, DateTimeOffset now)
    {
        if (!settlement.Sent && lease.Arrived is null)
        {
            lease.Account.GiveBack(lease);
            return;
        }

        lease.Account.End(lease, ArrivedBy(lease, settlement, now), TokensOf(lease, settlement), now);
    }

    private static void BookLate(LeaseEntry lease, Settlement settlement, DateTimeOffset now)
    {
        if (lease.Arrived is not null)
        {
            lease.Account.EndLate(lease, settlement.Sent || lease.Answered ? 0 : -1, TokensOf(lease, settlement), now);
        }
    }

    /// <summary>What the call used: as told; for a request the upstream turned down, nothing; else as estimated.</summary>
    private static long TokensOf(LeaseEntry lease, Settlement settlement) =>
        !settlement.Sent ? 0
        : settlement.ActualTokens is { } actual ? Math.Clamp(actual, 0, ReplyBlock.Most)
        : settlement.Failure?.Class == FailureClass.Caller ? 0
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

    /// <summary>
    /// Holds a failure against whoever's fault it is. The caller's own failures cost an account nothing; that they were answered tells that
    /// the service lives.
    /// </summary>
    private void Judge(LeaseEntry lease, Settlement settlement, DateTimeOffset now)
    {
        if (settlement.Failure is not { } failure)
        {
            if (lease.Answered || settlement.AnsweredAgo is not null)
            {
                lease.Account.Health.Succeed(lease.Granted);
                ServiceAnswered(lease);
            }
            else
            {
                _breaker.Inconclusive(lease.Id);
            }

            return;
        }

        if (failure.Class == FailureClass.Upstream)
        {
            UpstreamFailed(lease, failure, now);
            return;
        }

        ServiceAnswered(lease);
        if (failure.Class == FailureClass.Credential)
        {
            CredentialFailed(lease.Account, lease.TokenHash, failure, lease.Granted, now);
        }
    }

    private void CredentialFailed(
        PoolAccount account,
        string? tokenHash,
        UpstreamFailure failure,
        DateTimeOffset granted,
        DateTimeOffset now
    )
    {
        var limited = failure.Reason == FailureReason.RateLimited;
        if (!limited && tokenHash is not null && tokenHash != account.Definition.TokenHash)
        {
            // The call was made with a token that has been replaced since.
            return;
        }

        var until = account.Health.AvailableAt;
        account.Health.Fail(failure, account.Definition.TokenHash, granted, now);
        MarksChanged(account, now);
        if (!limited)
        {
            Raise(PoolEventKind.Refused, account.Name);
        }
        else if (account.Health.AvailableAt > until)
        {
            Raise(PoolEventKind.RateLimited, account.Name, account.Health.AvailableAt);
        }
    }

    private void UpstreamFailed(LeaseEntry lease, UpstreamFailure failure, DateTimeOffset now)
    {
        var account = lease.Account;
        if (_breaker.Charges(lease.Granted))
        {
            account.Health.Fail(failure, lease.TokenHash, lease.Granted, now);
            MarksChanged(account, now);
            Raise(PoolEventKind.UpstreamFailed, account.Name, account.Health.Upstream.Until);
        }

        if (_breaker.Fail(account, lease.Id, lease.Granted, now, failure.RetryAfter, UsableAccounts(now)) is { } waveStart)
        {
            foreach (var other in _accounts)
            {
                other.Health.Upstream.Uncharge(waveStart);
            }

            _availabilityFell = true;
            Raise(PoolEventKind.BreakerOpened, null, _breaker.NextCallAt);
        }
    }

    private void ServiceAnswered(LeaseEntry lease)
    {
        if (_breaker.Answered(lease.Id, lease.Granted))
        {
            Raise(PoolEventKind.BreakerClosed);
        }
    }

    /// <summary>
    /// A settlement of a lease that another activation granted and nobody reported: its use is among what was recovered, its failure still
    /// says something of the account.
    /// </summary>
    private void SettleUnknown(Settlement settlement, DateTimeOffset now)
    {
        _leases.RememberSettled(settlement.LeaseId);
        if (settlement is { Account: { } name, Failure: { Class: FailureClass.Credential } failure } && Find(name) is { } account)
        {
            CredentialFailed(account, null, failure, now, now);
        }
    }

    private int UsableAccounts(DateTimeOffset now)
    {
        var usable = 0;
        foreach (var account in _accounts)
        {
            usable += account.State(now) is AccountState.Ready or AccountState.CoolingDown ? 1 : 0;
        }

        return usable;
    }
}
