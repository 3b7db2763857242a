using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools.Decisions;
using FlowGpt.Grains.Pools.Health;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Pools.Queueing;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPool
{
    /// <summary>A request that waits for the pool itself (a write, or its recovery) waits so long even if it would not queue.</summary>
    internal static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(2);

    /// <summary>Asks for an account. O(accounts), in large pools O(log accounts) as long as an account can serve.</summary>
    public AcquireResult Acquire(AcquireRequest request, DateTimeOffset now)
    {
        if (_stopped)
        {
            return new AcquireResult.Rejected(RejectReason.UnknownTicket, TimeSpan.Zero);
        }

        if (Attribute(request, now) is { } answer)
        {
            return answer;
        }

        var selection = Select(request, null, now);
        if (_queue.Count == 0 && selection is { Account: { } account, NeedsStorage: false })
        {
            return new AcquireResult.Granted(Grant(account, request, selection.Why, now));
        }

        var maxWait = (selection.NeedsStorage || Recovering || BeginsArrivals) && request.MaxWait < LeastWait ? LeastWait : request.MaxWait;
        if (Hopeless(selection, now, now + maxWait) is { } rejection)
        {
            return Reject(request, rejection, now);
        }

        if (maxWait <= TimeSpan.Zero && _queue.IsFull)
        {
            // No request is taken out of the queue for a request that would not stay in it.
            return Reject(request, new(RejectReason.NoAccountInTime, RetryAfter(selection, now)), now);
        }

        var ticket = new Ticket(_newId(now), request, now, maxWait);
        if (!_queue.TryAdd(ticket, out var evicted))
        {
            return Reject(request, NoPlace(selection, now), now);
        }

        _tickets.Add(ticket.Id, ticket);
        if (maxWait > request.MaxWait)
        {
            _delayedByPool.Add((ticket, now + request.MaxWait));
        }

        if (evicted is not null)
        {
            Complete(evicted, Reject(evicted.Request, NoPlace(selection, now), now));
        }

        Serve(now);
        if (ticket.Outcome is null && maxWait <= TimeSpan.Zero)
        {
            _queue.Remove(ticket);
            _tickets.Remove(ticket.Id);
            return Reject(request, new(RejectReason.NoAccountInTime, RetryAfter(selection, now)), now);
        }

        if (ticket.Outcome is not null)
        {
            Completed.Remove(ticket);
            _tickets.Remove(ticket.Id);
            return ticket.Outcome;
        }

        return new AcquireResult.Queued(ticket.Id, WaitQueue.PositionOf(ticket));
    }

    /// <summary>Chooses for a request.</summary>
    private Selection Select(AcquireRequest request, Ticket? asker, DateTimeOffset now) =>
        IsLarge && SelectByIndex(request, asker, now) is { } selection ? selection : SelectByScan(request, asker, now);

    /// <summary>Chooses among all accounts. Leaves in <see cref="_skips"/> why the others cannot serve.</summary>
    internal Selection SelectByScan(AcquireRequest request, Ticket? asker, DateTimeOffset now)
    {
        _skipsKnown = true;
        _candidates.Clear();
        _last.Clear();
        PoolAccount? due = null;
        DateTimeOffset? freeAt = null;
        DateTimeOffset? probeAt = null;
        var hasFailed = HasFailed(request, now);
        var allFaulty = true;
        DateTimeOffset? excludedFreeAt = null;
        var waiting = false;
        var uncertain = false;
        var tooLarge = false;
        for (var i = 0; i < _accounts.Length; i++)
        {
            var account = _accounts[i];
            var verdict = CheckFor(account, request, asker, now);
            if (!verdict.Reason.IsFinal() && IsExcluded(request, account))
            {
                excludedFreeAt = Earlier(excludedFreeAt, verdict.FreeAt ?? now);
                verdict = new(SkipReason.Excluded, null);
            }

            if (verdict.Reason == SkipReason.None)
            {
                switch (account.Health.Marks.StandingOf(request.UpstreamModel, now, hasFailed, ProbeGrace))
                {
                    case Standing.Clear:
                        _candidates.Add(account);
                        break;
                    case Standing.Last:
                        _last.Add(account);
                        break;
                    case Standing.ProbeDue:
                        due ??= account;
                        break;
                    default:
                        var mark = account.Health.Marks.Of(request.UpstreamModel)!;
                        verdict = new(
                            mark == account.Health.Marks.OfAccount ? SkipReason.Refused : SkipReason.Marked,
                            mark.ProbeAt > now ? mark.ProbeAt : now + ProbeGrace
                        );
                        break;
                }
            }

            _skips[i] = verdict.Reason;
            if (verdict.Reason is SkipReason.Refused)
            {
                probeAt = Earlier(probeAt, verdict.FreeAt);
            }
            else if (verdict.Reason != SkipReason.None && !verdict.Reason.IsFinal())
            {
                allFaulty &= verdict.Reason.IsFault();
                waiting = true;
                uncertain |= verdict.FreeAt is null;
                freeAt = Earlier(freeAt, verdict.FreeAt);
            }

            tooLarge |= verdict.Reason == SkipReason.TooLarge;
        }

        var any = _candidates.Count > 0 || _last.Count > 0 || due is not null;
        if (!any && !waiting)
        {
            return new(
                excludedFreeAt is not null ? Outlook.AllExcluded
                    : tooLarge ? Outlook.TooLarge
                    : Outlook.NothingUsable,
                FreeAt: excludedFreeAt ?? probeAt
            );
        }

        if (_breaker.State != BreakerState.Closed && (hasFailed || !_breaker.LetsProbeEarly(request.ClientKeyId)))
        {
            var next = hasFailed ? _breaker.NextCallAt + ProbeGrace : _breaker.NextCallAt;
            if (!(next <= now))
            {
                return new(Outlook.BreakerOpen, FreeAt: next);
            }
        }

        return any
            ? Choose(request, due, hasFailed, now)
            : new(allFaulty ? Outlook.AllFaulty : Outlook.Wait, FreeAt: freeAt, Uncertain: uncertain);
    }

    private Verdict CheckFor(PoolAccount account, AcquireRequest request, Ticket? asker, DateTimeOffset now)
    {
        var need = NeedOf(request);
        var verdict = account.Told.Tighten(account.Check(need.Least, need.Wanted, now), request.UpstreamModel, need.Least, now);
        if (!verdict.Reason.IsFinal() && account.Health.AvailableFor(request.UpstreamModel) is var rested && rested > now)
        {
            verdict = verdict.Later(SkipReason.CoolingDown, rested);
        }

        return verdict.Reason != SkipReason.None ? verdict
            : Recovering && account.Definition.Limits.MaxConcurrent is not null ? new(SkipReason.Recovering, null)
            : account == _earmarked && asker != _earmarkedFor ? new(SkipReason.Earmarked, null)
            : _storageFailing && NeedsStorage(account, request, now) ? new(SkipReason.Storage, null)
            : verdict;
    }

    private Lease Grant(PoolAccount account, AcquireRequest request, string why, DateTimeOffset now)
    {
        var id = _newId(now);
        var marks = account.Health.Marks;
        var isDue = marks.StandingOf(request.UpstreamModel, now, HasFailed(request, now), ProbeGrace) == Standing.ProbeDue;
        var examines = OpenRefusals(request).FirstOrDefault();
        var probe = _breaker.State != BreakerState.Closed;
        if (isDue)
        {
            marks.BeginProbe(request.UpstreamModel, id);
        }

        if (examines is not null)
        {
            _opinions.Begin(examines.Account, request.UpstreamModel, id, now);
        }

        var tokens = account.Meter.Fit(NeedOf(request).Wanted);
        account.Grant(tokens, now);
        _grantsSinceWrite++;
        account.Told.Count(request.UpstreamModel, tokens);
        _leases.Add(
            new LeaseEntry
            {
                Id = id,
                Account = account,
                HolderSilo = request.HolderSilo,
                TokenHash = account.Definition.TokenHash,
                Tokens = tokens,
                Turn = new(request.RequestId, request.ClientKeyId, request.Model, request.AcceptedAt, request.PromptTokens)
                {
                    IsStored = request.IsStored,
                    EarlierCalls = request.EarlierCalls,
                },
                Granted = now,
                Expires = now + _options.LeaseTtl,
                Request = request,
                Examines = examines,
                IsProbe = probe || isDue || examines is not null,
            }
        );
        _strategy.Granted(account);
        _index.Touch(account);
        Decided(now, request, account.Name, why);
        if (probe)
        {
            _breaker.ProbeGranted(id, now);
        }

        return new Lease(
            id,
            account.Name,
            account.Credential(),
            _options.LeaseTtl,
            RequestHeadroom(now),
            probe || isDue || examines is not null,
            tokens,
            account.Meter.CountsTokens
        )
        {
            GrantedAt = now,
        };
    }

    /// <summary>Why a request need not wait; null when waiting can help before <paramref name="deadline"/>.</summary>
    private AcquireResult.Rejected? Hopeless(in Selection selection, DateTimeOffset now, DateTimeOffset deadline) =>
        selection.Outlook switch
        {
            Outlook.NothingUsable => new(RejectReason.NoUsableAccount, selection.FreeAt is null ? null : RetryAfter(selection, now)),
            Outlook.AllFaulty when selection.FreeAt > deadline || deadline <= now => new(
                RejectReason.NoUsableAccount,
                RetryAfter(selection, now)
            ),
            Outlook.TooLarge => new(RejectReason.LargerThanAnyLimit, null),
            Outlook.AllExcluded => new(RejectReason.NoUsableAccount, RetryAfter(selection, now)),
            Outlook.BreakerOpen when selection.FreeAt > deadline || deadline <= now => new(
                RejectReason.BreakerOpen,
                RetryAfter(selection, now)
            ),
            Outlook.Wait when selection.FreeAt > deadline && !selection.Uncertain => new(
                RejectReason.NoAccountInTime,
                RetryAfter(selection, now)
            ),
            _ => null,
        };

    /// <summary>Why a request that no place is left for in the queue is not served: the queue is not the reason when every account is out for faults.</summary>
    private AcquireResult.Rejected NoPlace(in Selection selection, DateTimeOffset now) =>
        Hopeless(selection, now, now) is { Reason: not RejectReason.NoAccountInTime } rejection
            ? rejection
            : new(RejectReason.QueueFull, RetryAfter(selection, now));

    private AcquireResult.Rejected Reject(AcquireRequest request, AcquireResult.Rejected rejection, DateTimeOffset now)
    {
        if (rejection.Reason == RejectReason.NoUsableAccount && OpenRefusals(request).FirstOrDefault() is { } refusal)
        {
            rejection = new(RejectReason.NobodyToBlame, rejection.RetryAfter) { StatusCode = refusal.StatusCode };
        }

        var why = rejection.Reason switch
        {
            RejectReason.Convicted => "refused by two accounts: the request is to blame",
            RejectReason.NobodyToBlame => "refused, and no account can give a second opinion that counts",
            RejectReason.TooManyConvictions => "refused, and too many requests of this client key were to blame",
            RejectReason.QueueFull => "queue full",
            RejectReason.NoUsableAccount => "no usable account",
            RejectReason.LargerThanAnyLimit => "larger than any limit",
            RejectReason.BreakerOpen => "breaker open",
            _ => "none in time",
        };
        Decided(now, request, null, why);
        return rejection;
    }

    private PoolHeadroom? RequestHeadroom(DateTimeOffset now)
    {
        if (IsLarge)
        {
            return RoomByIndex(now);
        }

        long limit = 0;
        long left = 0;
        DateTimeOffset? full = null;
        foreach (var account in _accounts)
        {
            if (account.State(now) != AccountState.Ready)
            {
                continue;
            }

            if (account.Meter.Window(WindowKind.RequestsPerMinute) is not { } window)
            {
                return null;
            }

            limit += window.Limit;
            left += Math.Max(0, window.Limit - account.Meter.Used(window, now));
            var empty = account.Meter.PendingRequests > 0 ? now + window.Kind.Length() : window.EmptyAt();
            full = empty > full || full is null ? empty : full;
        }

        return limit == 0 ? null : new((int)limit, (int)left, full > now ? full.Value - now : TimeSpan.Zero);
    }

    private static (long Least, long Wanted) NeedOf(AcquireRequest request) =>
        ReplyBlock.Need(request.PromptTokens, request.MaxReplyTokens);

    private static bool IsExcluded(AcquireRequest request, PoolAccount account) =>
        !request.ExcludedAccounts.IsDefaultOrEmpty && request.ExcludedAccounts.Contains(account.Name);

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) =>
        a is null ? b
        : b is null || a < b ? a
        : b;
}
