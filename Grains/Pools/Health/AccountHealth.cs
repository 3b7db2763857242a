using System.Collections.Immutable;
using FlowGpt.Grains.Blame;
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
        Marks = new(options.ProbeFirstInterval, options.ProbeMaxInterval);
        _challenge = options.ChallengeCoolDown;
    }

    /// <summary>Cool-downs after 429.</summary>
    public CoolDownLadder RateLimit { get; }

    /// <summary>Cool-downs after failures of the service.</summary>
    public CoolDownLadder Upstream { get; }

    /// <summary>What comparisons, and failures that need none, hold against it.</summary>
    public AccountMarks Marks { get; }

    /// <summary>The last failure that counted.</summary>
    public FailureReason? LastFailure { get; private set; }

    /// <summary>When a call last failed for it, whoever was to blame.</summary>
    public DateTimeOffset LastFailedAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>When both kinds of cool-down are over.</summary>
    public DateTimeOffset AvailableAt => RateLimit.Until > Upstream.Until ? RateLimit.Until : Upstream.Until;

    /// <summary>When every cool-down is over and no model waits for a probe any more.</summary>
    public DateTimeOffset WholeAgainAt => Marks.LongestOut() is { } mark && mark.ProbeAt > AvailableAt ? mark.ProbeAt : AvailableAt;

    /// <summary>The reason of the cool-down or of the mark that lasts longest; null when there is none.</summary>
    public FailureReason? CoolingDownFor(DateTimeOffset now) =>
        Marks.LongestOut() is { } mark && mark.ProbeAt > AvailableAt ? mark.Reason
        : AvailableAt <= now ? null
        : RateLimit.Until >= Upstream.Until ? FailureReason.RateLimited
        : _upstreamFailure;

    /// <summary>The latest failures, newest first.</summary>
    public ImmutableArray<AccountFailure> Latest() => [.. _failures.Reverse()];

    /// <summary>Books a failure of the service or of the account's limits as a cool-down.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="granted">When its lease was granted.</param>
    /// <param name="now">When it failed.</param>
    public void Rest(UpstreamFailure failure, DateTimeOffset granted, DateTimeOffset now)
    {
        Note(failure.Reason, failure.StatusCode, now);
        if (failure.Reason == FailureReason.RateLimited)
        {
            RateLimit.Fail(granted, now, failure.RetryAfter);
            return;
        }

        _upstreamFailure = failure.Reason;
        var least = failure.Reason == FailureReason.Challenge ? _challenge : TimeSpan.Zero;
        Upstream.Fail(granted, now, failure.RetryAfter, least);
    }

    /// <summary>Remembers a failure that counts against it, for operators.</summary>
    public void Note(FailureReason reason, int? status, DateTimeOffset now)
    {
        LastFailure = reason;
        if (_failures.Count == MostFailures)
        {
            _failures.Dequeue();
        }

        _failures.Enqueue(new(now, reason, status));
    }

    public void Succeed(DateTimeOffset granted)
    {
        RateLimit.Succeed(granted);
        Upstream.Succeed(granted);
    }

    /// <summary>Takes back what was held against it since a time: the upstream was to blame.</summary>
    public void TakeBack(DateTimeOffset since)
    {
        Upstream.Uncharge(since);
        Marks.TakeBack(since);
    }

    /// <summary>An operator's reset: as if nothing had happened.</summary>
    public void Reset()
    {
        RateLimit.Reset();
        Upstream.Reset();
        Marks.Reset();
        LastFailure = null;
        _failures.Clear();
    }
}
