using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>The current state of a pool.</summary>
/// <param name="Name">The pool.</param>
/// <param name="At">When this was read, by the pool's clock.</param>
/// <param name="Strategy">How accounts are chosen.</param>
/// <param name="BreakerOpen">Whether the upstream is held to be down for all accounts.</param>
/// <param name="Queued">Requests that wait.</param>
/// <param name="Accounts">Every account, in configured order.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.PoolSnapshot")]
public sealed record PoolSnapshot(
    [property: Id(0)] string Name,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Strategy,
    [property: Id(3)] bool BreakerOpen,
    [property: Id(4)] int Queued,
    [property: Id(5)] ImmutableArray<AccountSnapshot> Accounts
)
{
    /// <summary>Added accounts that are not in force, each as <c>name: why</c>.</summary>
    [Id(6)]
    public ImmutableArray<string> Hidden { get; init; } = [];
}
