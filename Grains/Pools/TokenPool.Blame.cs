using System.Collections.Immutable;
using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Pools.Queueing;

namespace FlowGpt.Grains.Pools;

/// <remarks>
/// Blame: a refusal that may be the account's fault or the request's is compared with what another account says to the same request. Served there: the
/// first account gets a mark. Refused there too, by an account that served others recently: the request is convicted. The rules are in docs/blame.md.
/// </remarks>
internal sealed partial class TokenPool
{
    /// <summary>So long a due probe waits for a request that has not failed before; then any request is the probe.</summary>
    internal static readonly TimeSpan ProbeGrace = TimeSpan.FromSeconds(2);

    private readonly Convictions _convictions;
    private readonly FailedRequests _failed = new();
    private readonly SecondOpinions _opinions = new();

    // Requests that wait for the second opinion that another request asked for; not in the queue.
    private readonly List<(Ticket Ticket, string Account, DateTimeOffset Until)> _waitingForOpinion = [];

    /// <summary>Answers a request whose result does not depend on a free account: convicted, without an account to compare with, or waiting for an opinion.</summary>
    private AcquireResult? Attribute(AcquireRequest request, DateTimeOffset now)
    {
        foreach (var refusal in request.Refusals)
        {
            if (_leases.Find(refusal.LeaseId) is { IsWeighed: false } lease)
            {
                Refused(lease, refusal.Reason, refusal.StatusCode, now);
            }
        }

        if (_convictions.Find(request.ClientKeyId, request.UpstreamModel, RequestOf(request), now) is { } conviction)
        {
            return Reject(request, new(RejectReason.Convicted, null) { StatusCode = conviction.StatusCode }, now);
        }

        var open = OpenRefusals(request);
        if (open.IsEmpty)
        {
            return null;
        }

        if (open.Length > 1)
        {
            return Reject(request, new(RejectReason.NobodyToBlame, null) { StatusCode = open[0].StatusCode }, now);
        }

        if (_convictions.OverBudgetUntil(request.ClientKeyId, now) is { } until)
        {
            return Reject(request, new(RejectReason.TooManyConvictions, until - now), now);
        }

        return request.HasWaitedForOpinion || !_opinions.IsUnderWay(open[0].Account, request.UpstreamModel, now)
            ? null
            : WaitForOpinion(request, open[0].Account, now);
    }

    private AcquireResult.Queued WaitForOpinion(AcquireRequest request, string account, DateTimeOffset now)
    {
        var ticket = new Ticket(_newId(now), request, now, SecondOpinions.LongestWait);
        _tickets.Add(ticket.Id, ticket);
        _waitingForOpinion.Add((ticket, account, now + SecondOpinions.LongestWait));
        return new(ticket.Id, 1);
    }

    /// <summary>Refusals that count: refusals of accounts that were not known to refuse what others serve.</summary>
    private ImmutableArray<Refusal> OpenRefusals(AcquireRequest request) =>
        request.Refusals.IsDefaultOrEmpty
            ? []
            : [.. request.Refusals.Where(refusal => Find(refusal.Account)?.Health.Marks.Of(request.UpstreamModel) is null)];

    /// <summary>The account with a lease served its call; what it served was refused by the account that it examines.</summary>
    private void Served(LeaseEntry lease, DateTimeOffset answeredAt, DateTimeOffset now)
    {
        if (lease.IsWeighed)
        {
            return;
        }

        lease.IsWeighed = true;
        var (account, request) = (lease.Account, lease.Request);
        if (account.Health.Marks.Serve(ModelOf(lease), lease.Granted, now))
        {
            _marksChanged = true;
            Raise(PoolEventKind.MarkEnded, account.Name);
        }

        foreach (var refusal in request?.Refusals ?? [])
        {
            if (request is null || Find(refusal.Account) is not { } refuser || !_breaker.Charges(refusal.GrantedAt))
            {
                continue;
            }

            _index.Touch(refuser);
            if (refuser.Health.Marks.Contradict(request.UpstreamModel, refusal, RequestOf(request), account.Name, now))
            {
                refuser.Health.Note(refusal.Reason, refusal.StatusCode, now);
                Raise(PoolEventKind.Contradicted, refuser.Name, refuser.Health.Marks.Of(request.UpstreamModel)?.ProbeAt);
            }

            _decisions.Add(
                now,
                request,
                account.Name,
                $"second opinion: {account.Name} served what {refuser.Name} refused, so {refuser.Name} is to blame"
            );
        }

        EndOpinion(lease, now);
        if (_breaker.Answered(lease.Id, answeredAt))
        {
            Raise(PoolEventKind.BreakerClosed);
        }
    }

    /// <summary>An account refused a call: the account or the request is to blame.</summary>
    private void Refused(LeaseEntry lease, FailureReason reason, int? status, DateTimeOffset now)
    {
        if (lease.IsWeighed)
        {
            return;
        }

        lease.IsWeighed = true;
        _index.Touch(lease.Account);
        lease.Account.Health.LastFailedAt = now;
        lease.Account.Health.Marks.Refuse(ModelOf(lease), lease.Id, now);
        if (lease.Request is { } request)
        {
            Compare(request, new(lease.Id, lease.Account.Name, lease.Granted, reason, status), now);
        }

        if (reason == FailureReason.BadRequest)
        {
            // An upstream that explains what is wrong with a request does not fail for all.
            _breaker.Inconclusive(lease.Id);
        }
        else
        {
            Suspect(lease, Fault.Provisional, null, now);
        }

        EndOpinion(lease, now);
    }

    /// <summary>Convicts the request if this refusal is the second that counts, and comes from an account that served others recently.</summary>
    private void Compare(AcquireRequest request, Refusal refusal, DateTimeOffset now)
    {
        var (model, known) = (request.UpstreamModel, OpenRefusals(request));
        if (known.IsEmpty || !_breaker.Charges(refusal.GrantedAt) || Find(refusal.Account) is not { } giver)
        {
            return;
        }

        // With the mark of a probe's own account its refusal does not count.
        if (giver.Health.Marks.Of(model) is not null || now - giver.Health.Marks.LastServed(model) > _options.RecentSuccess)
        {
            _decisions.Add(
                now,
                request,
                giver.Name,
                $"second opinion: {giver.Name} refused too, but served nobody recently, so nobody is to blame"
            );
            return;
        }

        _convictions.Add(new(request.ClientKeyId, model, RequestOf(request), refusal.StatusCode, now));
        giver.Health.Marks.Clear(model, now);
        foreach (var earlier in request.Refusals)
        {
            if (Find(earlier.Account) is { } cleared)
            {
                cleared.Health.Marks.Clear(model, now);
                _index.Touch(cleared);
            }
        }

        _decisions.Add(
            now,
            request,
            giver.Name,
            $"second opinion: {giver.Name} refused what {known[0].Account} refused, so the request is to blame"
        );
        Raise(PoolEventKind.Convicted, giver.Name);
    }

    /// <summary>
    /// A failure that is the account's for certain. Only the first one of a request counts, so that one request does not mark every account of an upstream
    /// that refuses all.
    /// </summary>
    private void AccountFailed(LeaseEntry lease, UpstreamFailure failure, DateTimeOffset now)
    {
        var account = lease.Account;
        account.Health.LastFailedAt = now;
        account.Health.Marks.EndProbe(lease.Id, now, isRepeated: false);
        EndOpinion(lease, now);
        if (lease.TokenHash is not null && lease.TokenHash != account.Definition.TokenHash)
        {
            // The call was made with a token that has been replaced since.
            _breaker.Inconclusive(lease.Id);
            return;
        }

        var counts = lease.Request is not { HasFailedOnAccount: true };
        if (counts && _breaker.Charges(lease.Granted))
        {
            Charge(account, failure, lease.Granted, now);
        }

        if (counts || _breaker.Probe == lease.Id)
        {
            Suspect(lease, Fault.Account, failure.RetryAfter, now);
        }
    }

    private void Charge(PoolAccount account, UpstreamFailure failure, DateTimeOffset granted, DateTimeOffset now)
    {
        if (account.Health.Marks.Charge(failure.Reason, failure.StatusCode, granted, now))
        {
            account.Health.Note(failure.Reason, failure.StatusCode, now);
            MarksChanged(account, now);
            Raise(PoolEventKind.Refused, account.Name, account.Health.Marks.OfAccount?.ProbeAt);
        }
    }

    /// <summary>Counts a failure as a sign that the upstream fails for all; if so, takes back what was decided since the signs began.</summary>
    private void Suspect(LeaseEntry lease, Fault fault, TimeSpan? asked, DateTimeOffset now)
    {
        var request = lease.Request is { } known ? RequestOf(known) : new Digest(0, (uint)lease.Id.GetHashCode());
        var key = lease.Request?.ClientKeyId ?? "";
        if (
            _breaker.Fail(lease.Account, request, key, fault, lease.Id, lease.Granted, now, asked, UsableAccounts(), Unanswered(now))
            is not { } start
        )
        {
            return;
        }

        foreach (var account in _accounts)
        {
            account.Health.TakeBack(start);
        }

        TouchAll();

        _convictions.TakeBack(start);
        _failed.Clear();
        _availabilityFell = _marksChanged = true;
        Raise(PoolEventKind.BreakerOpened, null, _breaker.NextCallAt);
        if (lease.Request is { } last)
        {
            _decisions.Add(
                now,
                last,
                lease.Account.Name,
                "many accounts failed for different requests: the upstream is to blame, marks are taken back"
            );
        }
    }

    /// <summary>A call says nothing of its account, or nothing any more.</summary>
    private void Inconclusive(LeaseEntry lease, DateTimeOffset now, bool isRepeated)
    {
        lease.Account.Health.Marks.EndProbe(lease.Id, now, isRepeated);
        EndOpinion(lease, now);
        _breaker.Inconclusive(lease.Id);
    }

    private void EndOpinion(LeaseEntry lease, DateTimeOffset now)
    {
        if (lease.Examines is { } refusal && _opinions.End(refusal.Account, ModelOf(lease), lease.Id))
        {
            ReleaseOpinions(now, refusal.Account);
        }
    }

    /// <summary>Those that waited for a second opinion on this account, or have waited long enough, ask again.</summary>
    private void ReleaseOpinions(DateTimeOffset now, string? account = null)
    {
        for (var i = _waitingForOpinion.Count - 1; i >= 0; i--)
        {
            var (ticket, of, until) = _waitingForOpinion[i];
            if (of == account || until <= now || !_tickets.ContainsKey(ticket.Id))
            {
                _waitingForOpinion.RemoveAt(i);
                Complete(ticket, new AcquireResult.Rejected(RejectReason.OpinionGiven, TimeSpan.Zero));
            }
        }
    }

    private bool HasFailed(AcquireRequest request, DateTimeOffset now) =>
        request.HasFailed || !request.ExcludedAccounts.IsDefaultOrEmpty || _failed.Contains(RequestOf(request), now);

    /// <summary>Calls that may still be answered well, and would show that the upstream serves.</summary>
    private int Unanswered(DateTimeOffset now)
    {
        var unanswered = 0;
        foreach (var lease in _leases.Live)
        {
            unanswered += !lease.IsWeighed && now - lease.Granted < _options.BreakerWindow ? 1 : 0;
        }

        return unanswered;
    }

    private int UsableAccounts()
    {
        var usable = 0;
        foreach (var account in _accounts)
        {
            usable += account.Definition is { Enabled: true, Draining: false, Sealed: false } ? 1 : 0;
        }

        return usable;
    }

    private static string ModelOf(LeaseEntry lease) => lease.Request?.UpstreamModel ?? "";

    private static Digest RequestOf(AcquireRequest request) =>
        request.Fingerprint.IsNone ? new(0, (ulong)(uint)request.RequestId.GetHashCode(StringComparison.Ordinal) + 1) : request.Fingerprint;
}
