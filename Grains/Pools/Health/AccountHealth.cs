using System.Collections.Immutable;
using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Pools.Health;

/// <summary>What one account's failures have cost it.</summary>
internal sealed class AccountHealth
{
    private const int MostFailures = 5;

    /// <summary>Most models that have their own cool-down; the cool-down that ends first is forgotten.</summary>
    private const int MostModels = 64;

    private readonly Dictionary<string, CoolDownLadder> _models = new(StringComparer.Ordinal);
    private readonly Func<CoolDownLadder> _newLadder;
    private readonly TimeSpan _challenge;
    private readonly Queue<AccountFailure> _failures = new(MostFailures);
    private FailureReason? _upstreamFailure;

    public AccountHealth(PoolOptions options)
    {
        _newLadder = () => new(options.RateLimitFirstCoolDown, options.RateLimitMaxCoolDown);
        RateLimit = _newLadder();
        Upstream = new(options.UpstreamFirstCoolDown, options.UpstreamMaxCoolDown);
        Marks = new(options.ProbeFirstInterval, options.ProbeMaxInterval);
        _challenge = options.ChallengeCoolDown;
    }

    /// <summary>Cool-downs after 429 of the whole account.</summary>
    public CoolDownLadder RateLimit { get; }

    /// <summary>Cool-downs after failures of the service.</summary>
    public CoolDownLadder Upstream { get; }

    /// <summary>What comparisons, and failures that need none, hold against it.</summary>
    public AccountMarks Marks { get; }

    /// <summary>The last failure that counted.</summary>
    public FailureReason? LastFailure { get; private set; }

    /// <summary>When a call on the account last failed, for any reason.</summary>
    public DateTimeOffset LastFailedAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>When both kinds of cool-down are over.</summary>
    public DateTimeOffset AvailableAt => RateLimit.Until > Upstream.Until ? RateLimit.Until : Upstream.Until;

    /// <summary>Whether the longer of the cool-downs follows failures of the service.</summary>
    public bool IsFailing => Upstream.Until > RateLimit.Until;

    /// <summary>When every cool-down is over and no model waits for a probe any more.</summary>
    public DateTimeOffset WholeAgainAt => Marks.LongestOut() is { } mark && mark.ProbeAt > RestsUntil ? mark.ProbeAt : RestsUntil;

    /// <summary>When every cool-down is over, those of single models too.</summary>
    public DateTimeOffset RestsUntil => LimitedUntil > Upstream.Until ? LimitedUntil : Upstream.Until;

    /// <summary>When the cool-downs after 429 are over, those of single models too: what storage holds, as of the whole account.</summary>
    public DateTimeOffset LimitedUntil
    {
        get
        {
            var until = RateLimit.Until;
            foreach (var (_, ladder) in _models)
            {
                until = ladder.Until > until ? ladder.Until : until;
            }

            return until;
        }
    }

    /// <summary>When the cool-down of one model alone is over; in the past when none runs.</summary>
    public DateTimeOffset AvailableFor(string model) =>
        _models.Count > 0 && _models.TryGetValue(model, out var ladder) ? ladder.Until : DateTimeOffset.MinValue;

    /// <summary>The reason of the cool-down or of the mark that lasts longest; null when there is none.</summary>
    public FailureReason? CoolingDownFor(DateTimeOffset now) =>
        Marks.LongestOut() is { } mark && mark.ProbeAt > RestsUntil ? mark.Reason
        : RestsUntil <= now ? null
        : RestsUntil > AvailableAt || RateLimit.Until >= Upstream.Until ? FailureReason.RateLimited
        : _upstreamFailure;

    /// <summary>The latest failures, newest first.</summary>
    public ImmutableArray<AccountFailure> Latest() => [.. _failures.Reverse()];

    /// <summary>Books a failure of the service or of the account's limits as a cool-down.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="granted">When its lease was granted.</param>
    /// <param name="now">When it failed.</param>
    /// <param name="model">The upstream model that was called; empty when that is not known.</param>
    public void Rest(UpstreamFailure failure, DateTimeOffset granted, DateTimeOffset now, string model = "")
    {
        Note(failure.Reason, failure.StatusCode, now);
        if (failure.Reason == FailureReason.RateLimited)
        {
            LimitedBy(model, now).Fail(granted, now, failure.RetryAfter);
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

    public void Succeed(DateTimeOffset granted, string model = "")
    {
        _models.GetValueOrDefault(model)?.Succeed(granted);
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
        _models.Clear();
        RateLimit.Reset();
        Upstream.Reset();
        Marks.Reset();
        LastFailure = null;
        _failures.Clear();
    }

    /// <summary>
    /// The cool-down that a 429 begins or lengthens: of its model alone, because providers limit models apart. A 429 of another model while that runs says that
    /// the limit is the account's.
    /// </summary>
    private CoolDownLadder LimitedBy(string model, DateTimeOffset now)
    {
        if (model.Length == 0 || AvailableAt > now)
        {
            return RateLimit;
        }

        foreach (var (other, ladder) in _models)
        {
            if (other != model && ladder.Until > now)
            {
                return RateLimit;
            }
        }

        if (!_models.TryGetValue(model, out var known))
        {
            if (_models.Count >= MostModels)
            {
                _models.Remove(_models.MinBy(static one => one.Value.Until).Key);
            }

            _models.Add(model, known = _newLadder());
        }

        return known;
    }
}
