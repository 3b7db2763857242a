using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools;

namespace FlowGpt.Tests.Unit.Pools.World;

internal sealed partial class PoolWorld
{
    private void Begin(Lease lease, Step.Ask ask, TokenPool granter)
    {
        var call = new Call(lease, ask, granter == Pool);
        _calls.Add(lease.Id, call);
        var fate = ask.Fate;
        if (fate.Ending == Ending.CancelledBeforeSending)
        {
            At(Milliseconds(fate.Send), () => End(call));
            return;
        }

        At(Milliseconds(fate.Send), () => Arrive(call));
    }

    private void Arrive(Call call)
    {
        var fate = call.Ask.Fate;
        if (call.Over)
        {
            return;
        }

        call.Sent = true;
        var truth = Truth[call.Lease.Account];
        truth.Arrive(Now, fate.Ending == Ending.CallerError ? 0 : call.Ask.Tokens * fate.Share / 100);
        truth.Begin(Now, call.GrantedInOffice);
        At(
            Milliseconds(fate.Answer),
            () =>
            {
                call.AnsweredAt = fate.Ending is Ending.Success or Ending.CancelledAfterSending ? Now : null;
                if (call.Lease.IsProbe && call.AnsweredAt is not null)
                {
                    Renew(call);
                }

                At(Milliseconds(fate.Ending == Ending.Success ? fate.Length : 0), () => End(call));
            }
        );
    }

    private void End(Call call)
    {
        if (call.Over)
        {
            return;
        }

        call.Over = true;
        if (call.Sent)
        {
            Truth[call.Lease.Account].End(call.GrantedInOffice);
        }

        _calls.Remove(call.Lease.Id);
        if (call.Ask.Fate.Ending == Ending.HolderDies)
        {
            LastDeath = Now;
        }
        else
        {
            Settle(call);
        }
    }

    /// <summary>A pool without an activation gets the report later, as by a silo's retries.</summary>
    private void Settle(Call call)
    {
        if (_down)
        {
            At(Milliseconds(100), () => Settle(call));
            return;
        }

        var fate = call.Ask.Fate;
        var settlement = new Settlement(
            call.Lease.Id,
            call.Sent,
            call.Sent && fate.Ending is Ending.Success or Ending.CancelledAfterSending ? call.Ask.Tokens * fate.Share / 100 : null,
            call.Sent ? FailureOf(fate.Ending) : null,
            Now - call.AnsweredAt,
            call.Lease.Account
        );
        Pool.Settle(settlement, Now);
        After(Pool);
        Ended?.Invoke(call.Ask.Key);
    }

    /// <summary>Every holder reports what it holds.</summary>
    public void RenewAll()
    {
        foreach (var call in _calls.Values.ToArray())
        {
            Renew(call);
        }
    }

    private void Renew(Call call)
    {
        if (!_down)
        {
            var lost = Pool.Renew([Report(call)], Now);
            After(Pool);
            if (lost.Contains(call.Lease.Id))
            {
                End(call);
            }
        }
    }

    private HeldLease Report(Call call) => new(call.Lease.Id, call.Lease.Account, "silo-1", call.Ask.Tokens, Now - call.AnsweredAt);

    private static UpstreamFailure? FailureOf(Ending ending) =>
        ending switch
        {
            Ending.CallerError => new(FailureClass.Caller, FailureReason.InvalidParameter, 400, null, ""),
            Ending.RateLimited => new(FailureClass.Credential, FailureReason.RateLimited, 429, null, ""),
            Ending.RateLimitedWithRetryAfter => new(FailureClass.Credential, FailureReason.RateLimited, 429, TimeSpan.FromSeconds(20), ""),
            Ending.ServerError => new(FailureClass.Upstream, FailureReason.ServerError, 503, null, ""),
            Ending.ConnectionFailed => new(FailureClass.Upstream, FailureReason.ConnectionFailed, null, null, ""),
            _ => null,
        };

    private static TimeSpan Milliseconds(int time) => TimeSpan.FromMilliseconds(time);

    private sealed class Call(Lease lease, Step.Ask ask, bool inOffice)
    {
        public Lease Lease => lease;

        public Step.Ask Ask => ask;

        /// <summary>Whether the pool that granted the lease had not been replaced by then.</summary>
        public bool GrantedInOffice => inOffice;

        public bool Sent { get; set; }

        public bool Over { get; set; }

        public DateTimeOffset? AnsweredAt { get; set; }
    }
}
