using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>Which of a pool's accounts are asked for.</summary>
/// <param name="Search">A part of the name, in any case; null for all.</param>
/// <param name="State">The only state; null for all.</param>
/// <param name="Sort">What they are ordered by.</param>
/// <param name="Descending">Whether the order is turned round.</param>
/// <param name="Skip">How many are left out at the start.</param>
/// <param name="Limit">Most accounts of the answer.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountQuery")]
public sealed record AccountQuery(
    [property: Id(0)] string? Search,
    [property: Id(1)] AccountState? State,
    [property: Id(2)] AccountSort Sort,
    [property: Id(3)] bool Descending,
    [property: Id(4)] int Skip,
    [property: Id(5)] int Limit
)
{
    /// <summary>The name of the only account that is asked for; null for all.</summary>
    [Id(6)]
    public string? Name { get; init; }

    /// <summary>A query for one account. An earlier version of the pool, which does not know <see cref="Name"/>, answers all whose name holds that name.</summary>
    public static AccountQuery One(string name) => new(name, null, AccountSort.Configured, false, 0, int.MaxValue) { Name = name };
}

/// <summary>What accounts are ordered by; equal accounts are ordered by name.</summary>
[GenerateSerializer]
public enum AccountSort
{
    /// <summary>The configured order.</summary>
    Configured = 0,

    /// <summary>The name.</summary>
    Name = 1,

    /// <summary>The number of the state: ready accounts first.</summary>
    State = 2,

    /// <summary>Calls in flight.</summary>
    Leases = 3,

    /// <summary>The least share of a limit that is free.</summary>
    Headroom = 4,

    /// <summary>When the token ends; accounts whose token does not say it come last.</summary>
    Expires = 5,
}

/// <summary>Some of a pool's accounts.</summary>
/// <param name="Accounts">The accounts, in the order asked for.</param>
/// <param name="Total">How many match in all.</param>
/// <param name="Hidden">Added accounts that are not in force, each as <c>name: why</c>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountPage")]
public sealed record AccountPage(
    [property: Id(0)] ImmutableArray<AccountSnapshot> Accounts,
    [property: Id(1)] int Total,
    [property: Id(2)] ImmutableArray<string> Hidden
)
{
    /// <summary>Requests that wait for an account; 0 from an earlier version of the pool.</summary>
    [Id(3)]
    public int Queued { get; init; }
}
