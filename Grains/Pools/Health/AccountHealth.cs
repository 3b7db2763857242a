using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Pools.Health;

/// <summary>What one account's failures have cost it.</summary>
internal sealed class AccountHealth
{
    private const int MostFailures = 5;

    private readonly TimeSpan _challenge;
    private readonly Queue<AccountFailure> _failures = new(MostFailures);
    private FailureReason? _upstreamFailure;

    public AccountHealth(PoolOptions options)
    {
        RateLimit = new(options.RateLimitFirstCoolDown, options.RateLimitMaxCoolDown);
        Upstream = new(options.UpstreamFirstCoolDown, options.UpstreamMaxCoolDown);
        _challenge = options.ChallengeCoolDown;
    }

    /// <summary>Cool-downs after 429.</summary>
    public CoolDownLadder RateLimit { get; }

    /// <summary>Cool-downs after failures of the service.</summary>
    public CoolDownLadder Upstream { get; }

    /// <summary>The token that was refused, as its hash; null when none was.</summary>
    public string? RefusedTokenHash { get; private set; }

    /// <summary>How it was refused.</summary>
    public FailureReason? RefusedReason { get; private set; }

    /// <summary>The last failure that counted.</summary>
    public FailureReason? LastFailure { get; private set; }

    /// <summary>When both kinds of cool-down are over.</summary>
    public DateTimeOffset AvailableAt => RateLimit.Until > Upstream.Until ? RateLimit.Until : Upstream.Until;

    /// <summary>The reason of the cool-down that lasts longest; null when none runs.</summary>
    public FailureReason? CoolingDownFor(DateTimeOffset now) =>
        AvailableAt <= now ? null
        : RateLimit.Until >= Upstream.Until ? FailureReason.RateLimited
        : _upstreamFailure;

    /// <summary>The latest failures, newest first.</summary>
    public ImmutableArray<AccountFailure> Latest() => [.. _failures.Reverse()];

    /// <summary>Books a failure of the credential or the service. Failures of the caller must not come here.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="tokenHash">The token the call was made with.</param>
    /// <param name="granted">When its lease was granted.</param>
    /// <param name="now">When it failed.</param>
    public void Fail(UpstreamFailure failure, string? tokenHash, DateTimeOffset granted, DateTimeOffset now)
    {
        LastFailure = failure.Reason;
        if (_failures.Count == MostFailures)
        {
            _failures.Dequeue();
        }

        _failures.Enqueue(new(now, failure.Reason, failure.StatusCode));
        if (failure.Class == FailureClass.Upstream)
        {
            _upstreamFailure = failure.Reason;
            var least = failure.Reason == FailureReason.Challenge ? _challenge : TimeSpan.Zero;
            Upstream.Fail(granted, now, failure.RetryAfter, least);
        }
        else if (failure.Reason == FailureReason.RateLimited)
        {
            RateLimit.Fail(granted, now, failure.RetryAfter);
        }
        else
        {
            Refuse(tokenHash, failure.Reason);
        }
    }

    public void Refuse(string? tokenHash, FailureReason reason) => (RefusedTokenHash, RefusedReason) = (tokenHash, reason);

    public void Succeed(DateTimeOffset granted)
    {
        RateLimit.Succeed(granted);
        Upstream.Succeed(granted);
    }

    /// <summary>The token was replaced: a refusal of the old one is over.</summary>
    public void Revive() => (RefusedTokenHash, RefusedReason) = (null, null);

    /// <summary>An operator's reset: as if nothing had happened.</summary>
    public void Reset()
    {
        RateLimit.Reset();
        Upstream.Reset();
        (RefusedTokenHash, RefusedReason, LastFailure) = (null, null, null);
        _failures.Clear();
    }
}
