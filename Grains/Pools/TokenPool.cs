using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Pools.Choice;
using FlowGpt.Grains.Pools.Decisions;
using FlowGpt.Grains.Pools.Health;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Pools.Queueing;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

/// <summary>
/// The rules of one pool of accounts: who may make the next call, as which account, and what calls cost. No clock, no I/O, no threads:
/// time is passed in and must not run backwards, and one caller at a time uses it.
/// </summary>
/// <remarks>
/// By concern: <c>.Acquire</c>, <c>.Choice</c> and <c>.Index</c> choose and grant, <c>.Queue</c> serves those that wait, <c>.Settle</c> ends leases, <c>.Blame</c> says what is at fault for a failure,
/// <c>.Leases</c> renews, takes over and reclaims, <c>.Accounts</c> follows the definitions, <c>.Storage</c> reserves ahead and recovers,
/// <c>.Reading</c> answers operators. What a call completed besides its own answer is left in <see cref="Completed"/> and
/// <see cref="Events"/>.
/// </remarks>
internal sealed partial class TokenPool
{
    /// <summary>A smaller pool looks at all its accounts for each request, which costs less than an index.</summary>
    public const int LargeFrom = 48;

    private readonly PoolOptions _options;
    private readonly Func<DateTimeOffset, Guid> _newId;
    private readonly IChoiceStrategy _strategy;
    private readonly PoolBreaker _breaker;
    private readonly DecisionLog _decisions = new();
    private readonly LeaseBook _leases = new();
    private readonly WaitQueue _queue;
    private readonly Dictionary<Guid, Ticket> _tickets = [];
    private readonly Dictionary<string, AccountRecord> _stored = [];
    private readonly List<PoolAccount> _departed = [];
    private readonly Dictionary<string, PoolAccount> _byName = new(StringComparer.Ordinal);
    private readonly ChoiceIndex _index;
    private readonly int _largeFrom;
    private readonly List<PoolAccount> _candidates = [];
    private readonly List<PoolAccount> _last = [];
    private PoolAccount[] _accounts = [];
    private SkipReason[] _skips = [];

    /// <param name="name">The pool's name.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="newId">Makes unguessable ids for leases and tickets.</param>
    /// <param name="largeFrom">From so many accounts on an account is chosen by index, and storage is told of what changed alone.</param>
    public TokenPool(string name, PoolOptions options, Func<DateTimeOffset, Guid> newId, int largeFrom = LargeFrom)
    {
        _largeFrom = largeFrom;
        Name = name;
        _options = options;
        _newId = newId;
        _strategy = ChoiceStrategies.Create(options.Strategy);
        _index = new(_strategy);
        _breaker = new(options);
        _convictions = new(options.ConvictionLifetime, options.MaxConvictionsPerMinute);
        _queue = new(options.QueueLength);
    }

    public string Name { get; }

    private bool IsLarge => _accounts.Length >= _largeFrom;

    /// <summary>The calendar by which tokens expire; the grain, which has a clock, sets how far the wall clock is ahead.</summary>
    public WallCalendar Calendar { get; } = new(TimeZoneInfo.Utc);

    /// <summary>Tickets that got their outcome since the list was last cleared.</summary>
    public List<Ticket> Completed { get; } = [];

    /// <summary>What happened since the list was last cleared, for logs and metrics.</summary>
    public List<PoolEvent> Events { get; } = [];

    /// <summary>What the turns used, as an estimate, that died with their silo, since the list was last cleared: to be booked.</summary>
    public List<UsageEvent> LostTurns { get; } = [];

    public int Queued => _queue.Count;

    public int LeaseCount => _leases.Count;

    public BreakerState Breaker => _breaker.State;

    /// <summary>The accounts in configured order.</summary>
    public ReadOnlySpan<PoolAccount> Accounts => _accounts;

    /// <summary>While true, accounts with a limit of concurrent calls wait: leases held from before are still being learnt.</summary>
    public bool Recovering { get; private set; }

    /// <summary>The latest decisions, newest first.</summary>
    public ImmutableArray<PoolDecision> Decisions => _decisions.Read();

    private void Raise(PoolEventKind kind, string? account = null, DateTimeOffset? until = null) => Events.Add(new(kind, account, until));
}
