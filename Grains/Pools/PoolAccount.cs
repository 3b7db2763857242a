using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools.Decisions;
using FlowGpt.Grains.Pools.Health;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

/// <summary>
/// One account of a pool: its definition, windows, calls in flight and health.
/// </summary>
/// <remarks>
/// A granted request is <em>pending</em>, and counts in every window, until it is known by when it has arrived upstream: when the holder
/// reports that the upstream began to answer, when the call ends, or, for a holder that died, when the lease ends. Only then it is placed
/// in the windows, at that instant. Its tokens are pending until the call ends, first as estimated, and are then placed at the request's
/// arrival, as services count them.
/// </remarks>
internal sealed partial class PoolAccount
{
    private readonly PoolOptions _options;
    private readonly WallCalendar _calendar;
    private (AccountDefinition? Definition, ImmutableDictionary<string, string>? Generated, UpstreamCredential Value) _credential;

    public PoolAccount(AccountDefinition definition, PoolOptions options, WallCalendar calendar)
    {
        _options = options;
        _calendar = calendar;
        Definition = definition;
        Health = new(options);
        Meter = new(new(options.ClockMargin, options.ReserveSpan, options.ReserveValidity, calendar));
        Meter.SetLimits(LimitOf);
        _unusedChanges = Meter.Changes;
    }

    public AccountDefinition Definition { get; private set; }

    public string Name => Definition.Name;

    /// <summary>The position in configured order; -1 when it is no longer configured.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Values that were generated for credential fields that the operator left out. They never change once they are stored.</summary>
    public ImmutableDictionary<string, string> Generated { get; private set; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Since when it was in use in no pool, as far as is known here; default while it is in use here.</summary>
    public DateTimeOffset UnusedSince { get; set; }

    /// <summary>It is configured, and what it has used in other pools is not known yet.</summary>
    public bool IsArriving => UnusedSince != default && Index >= 0;

    /// <summary>It has come from storage alone, since calls are in flight for it: its provider is not known.</summary>
    public bool IsRecalled { get; init; }

    public AccountHealth Health { get; }

    /// <summary>What the provider reported of its limits.</summary>
    public ToldLimits Told { get; } = new();

    /// <summary>Its limits and what is used of them.</summary>
    public Meter Meter { get; }

    /// <summary>Calls in flight.</summary>
    public int Leases { get; set; }

    public long LastGrant { get; set; }

    /// <summary>The weighted strategy's measure of what it has had.</summary>
    public double Pass { get; set; }

    /// <summary>Takes over a changed definition. Use and calls in flight stay counted; a replaced token ends a refusal.</summary>
    public void Redefine(AccountDefinition definition)
    {
        if (definition.TokenHash != Definition.TokenHash)
        {
            Health.Marks.Reset();
            Told.Clear();
        }

        Definition = definition;
        Meter.SetLimits(LimitOf);
    }

    /// <summary>Makes the values that are missing, which must be stored before they are used. False when none was missing.</summary>
    public bool Generate(Func<AccountDefinition, string, string> newValue)
    {
        var missing = Definition.Generated.Where(name => !Generated.ContainsKey(name)).ToArray();
        Generated = Generated.AddRange(missing.Select(name => KeyValuePair.Create(name, newValue(Definition, name))));
        GeneratedKept &= missing.Length == 0;
        return missing.Length > 0;
    }

    /// <summary>What a call as this account authenticates with; the same object until that changes.</summary>
    public UpstreamCredential Credential()
    {
        if (ReferenceEquals(_credential.Definition, Definition) && ReferenceEquals(_credential.Generated, Generated))
        {
            return _credential.Value;
        }

        var credential = new UpstreamCredential(
            Definition.Pool,
            Definition.Generated.IsEmpty
                ? Definition.Fields
                : Definition.Fields.AddRange(Definition.Generated.Select(name => KeyValuePair.Create(name, Generated[name]))),
            Definition.Headers
        );
        _credential = (Definition, Generated, credential);
        return credential;
    }

    /// <summary>The least share of a limit that is still free, over all limits and the calls in flight; 1 when nothing is used.</summary>
    public double Headroom(DateTimeOffset now)
    {
        var headroom = 1.0;
        if (Definition.Limits.MaxConcurrent is { } most)
        {
            headroom = (most - Leases) / (double)most;
        }

        foreach (var window in Meter.Windows)
        {
            headroom = Math.Min(headroom, (window.Limit - Meter.Used(window, now)) / (double)window.Limit);
        }

        return headroom;
    }

    /// <summary>Whether the account can serve a request now, and if not, why and from when.</summary>
    /// <param name="least">Tokens that it cannot do without.</param>
    /// <param name="wanted">Tokens that it should have; where a limit is smaller, all of that limit.</param>
    /// <param name="now">The present.</param>
    public Verdict Check(long least, long wanted, DateTimeOffset now)
    {
        if (!Definition.Enabled || Definition.Draining)
        {
            return new(SkipReason.Disabled, null);
        }

        if (Definition.Sealed)
        {
            return new(SkipReason.Sealed, null);
        }

        if (IsArriving)
        {
            return new(SkipReason.Arriving, null);
        }

        if (Definition.TokenExpires <= _calendar.Wall(now))
        {
            return new(SkipReason.Expired, null);
        }

        var verdict = Verdict.Ready;
        if (Health.AvailableAt > now)
        {
            verdict = new(Health.IsFailing ? SkipReason.Failing : SkipReason.CoolingDown, Health.AvailableAt);
        }

        foreach (var window in Meter.Windows)
        {
            var tokens = window.Kind.CountsTokens();
            if ((tokens ? least : 1) > window.Limit)
            {
                return new(SkipReason.TooLarge, null);
            }

            var excess = Meter.Used(window, now) + (tokens ? Meter.Fit(wanted) : 1) - window.Limit;
            if (excess > 0 && !tokens)
            {
                // A pending request is placed soon; a window's length from now is then the best guess for it.
                verdict = verdict.Later(SkipReasons.Of(window.Kind), window.FreeAt(excess) ?? now + window.Kind.Length());
            }
            else if (excess > 0)
            {
                // Tokens that are only reserved may come back when their call ends: no more than what is settled is certain.
                var certain = excess - Meter.PendingTokens;
                verdict = verdict.Later(SkipReasons.Of(window.Kind), certain > 0 ? window.FreeAt(certain) : null);
            }
        }

        return verdict.Reason == SkipReason.None && Leases >= Definition.Limits.MaxConcurrent ? new(SkipReason.Concurrency, null) : verdict;
    }

    /// <summary>Counts a grant.</summary>
    public void Grant(long tokens, DateTimeOffset now)
    {
        Leases++;
        Meter.Reserve(tokens, now);
    }

    /// <summary>How it stands, for operators.</summary>
    public AccountState State(DateTimeOffset now) =>
        !Definition.Enabled ? AccountState.Disabled
        : Definition.Draining ? AccountState.Draining
        : Definition.Sealed ? AccountState.Sealed
        : Definition.TokenExpires <= _calendar.Wall(now) || Health.Marks.OfAccount is { Reason: FailureReason.Expired }
            ? AccountState.Expired
        : Health.Marks.OfAccount is not null ? AccountState.Refused
        : Health.RestsUntil > now || Health.Marks.LongestOut() is not null ? AccountState.CoolingDown
        : AccountState.Ready;

    private long? LimitOf(WindowKind kind) => kind.LimitOf(Definition.Limits);
}
