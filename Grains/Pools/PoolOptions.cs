using FlowGpt.Grains.Pools.Choice;

namespace FlowGpt.Grains.Pools;

/// <summary>How pools choose, queue, lease and recover.</summary>
public sealed class PoolOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "FlowGpt:Pool";

    /// <summary>How accounts are chosen. Default <see cref="ChoiceStrategyKind.LeastLoaded"/>.</summary>
    public ChoiceStrategyKind Strategy { get; set; } = ChoiceStrategyKind.LeastLoaded;

    /// <summary>Most requests that wait in one pool. Default 512; 0 never queues. Longer: more requests can wait; more memory, longer waits.</summary>
    public int QueueLength { get; set; } = 512;

    /// <summary>
    /// How long a lease lives without renewal; holders renew every third of it. Default 30 s, 3 s to 10 min. Longer: a lost holder's slots
    /// stay taken longer. Shorter: a pause of a process costs it its calls.
    /// </summary>
    public TimeSpan LeaseTtl { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after its silo was declared dead a lease is freed: the silo may take that long to notice. Default 3 s.</summary>
    public TimeSpan DeadSiloGrace { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>First cool-down after a 429 without <c>Retry-After</c>; doubles with each further wave. Default 1 s.</summary>
    public TimeSpan RateLimitFirstCoolDown { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest cool-down after 429s without <c>Retry-After</c>. Default 30 min.</summary>
    public TimeSpan RateLimitMaxCoolDown { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>First cool-down after a failure of the service; doubles with each further wave. Default 1 s.</summary>
    public TimeSpan UpstreamFirstCoolDown { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest cool-down after failures of the service. Default 1 min.</summary>
    public TimeSpan UpstreamMaxCoolDown { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Least cool-down after a web-firewall challenge. Default 1 min.</summary>
    public TimeSpan ChallengeCoolDown { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many distinct accounts must fail alike for the breaker to open. Default 3; a smaller pool needs all of its accounts, and a pool
    /// of one has no breaker.
    /// </summary>
    public int BreakerAccounts { get; set; } = 3;

    /// <summary>Within what time they must fail. Default 10 s.</summary>
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the breaker stays open before the first probe; doubles with each failed probe. Default 2 s.</summary>
    public TimeSpan BreakerFirstDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest time between probes. Default 1 min.</summary>
    public TimeSpan BreakerMaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// From an account's first mark (a failure that is the account's own, or another account served what this account refused) to its first probe; doubles with
    /// each further failure. Default 10 s. Shorter: an account that works again is back sooner; longer: an account that does not work gets fewer requests.
    /// </summary>
    public TimeSpan ProbeFirstInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time between two probes of an account. Default 1 h: nothing is out for ever.</summary>
    public TimeSpan ProbeMaxInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How recently an account must have served its model for its refusal to count against a request. Default 5 min.</summary>
    public TimeSpan RecentSuccess { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a request that was to blame is refused without asking the upstream. Default 5 min.</summary>
    public TimeSpan ConvictionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many requests of one client key may be to blame within a minute; then its refused requests get no second opinion. Default 10.</summary>
    public int MaxConvictionsPerMinute { get; set; } = 10;

    /// <summary>
    /// How long a request may still be on its way to the upstream after its call was given up, or its process died. Default 2 s, at most 1 min.
    /// Counted use is entered this much later where the request's arrival was not noted.
    /// </summary>
    public TimeSpan TransitAllowance { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How much longer than its window a use is held, as a share of the window, for clocks that run differently. Default 0.001.</summary>
    public double ClockMargin { get; set; } = 0.001;

    /// <summary>
    /// How much use is reserved in storage ahead of time, in seconds of the present load. Default 8 s, never more than a tenth of a limit.
    /// Longer: fewer writes; shorter: less of a limit is lost for a window when a process dies.
    /// </summary>
    public TimeSpan ReserveSpan { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// How long a reservation may be issued from. Default 30 s. Longer: fewer writes at low load; shorter: after a crash what was reserved
    /// is free again sooner.
    /// </summary>
    public TimeSpan ReserveValidity { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long before a token expires its account is reported. Default 24 h.</summary>
    public TimeSpan TokenExpiryWarning { get; set; } = TimeSpan.FromHours(24);
}
