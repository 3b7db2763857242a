using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>A pool in a few figures, however many accounts it has.</summary>
/// <param name="Name">The pool.</param>
/// <param name="At">When this was read, by the pool's clock.</param>
/// <param name="BreakerOpen">Whether the upstream is held to be down for all accounts.</param>
/// <param name="Queued">Requests that wait.</param>
/// <param name="Leases">Calls in flight.</param>
/// <param name="Accounts">How many accounts there are.</param>
/// <param name="States">How many of them are in each state, by the number of <see cref="AccountState"/>.</param>
/// <param name="Notable">Accounts that an operator may have to look at, worst first, at most <see cref="MostNotable"/>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.PoolOverview")]
public sealed record PoolOverview(
    [property: Id(0)] string Name,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] bool BreakerOpen,
    [property: Id(3)] int Queued,
    [property: Id(4)] int Leases,
    [property: Id(5)] int Accounts,
    [property: Id(6)] ImmutableArray<int> States,
    [property: Id(7)] ImmutableArray<NotableAccount> Notable
)
{
    /// <summary>Most accounts in <see cref="Notable"/>.</summary>
    public const int MostNotable = 100;
}

/// <summary>An account that an operator may have to look at.</summary>
/// <param name="Name">The account.</param>
/// <param name="State">Its state.</param>
/// <param name="Until">End of a cool-down, or the next probe; null when neither is due.</param>
/// <param name="Reason">Why it cools down or is out; null when it does not.</param>
/// <param name="TokenExpires">When its token ends, if that is within a week or past.</param>
/// <param name="IsBlamed">Whether a mark is held against it.</param>
/// <param name="SecondOpinionBy">The account that served what this account refused; null where there was none.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.NotableAccount")]
public sealed record NotableAccount(
    [property: Id(0)] string Name,
    [property: Id(1)] AccountState State,
    [property: Id(2)] DateTimeOffset? Until,
    [property: Id(3)] FailureReason? Reason,
    [property: Id(4)] DateTimeOffset? TokenExpires,
    [property: Id(5)] bool IsBlamed,
    [property: Id(6)] string? SecondOpinionBy
);
