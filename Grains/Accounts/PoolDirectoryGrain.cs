using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>Keeps the list of pools. Not reentrant: one write at a time.</summary>
[GrainType("pool-directory")]
internal sealed class PoolDirectoryGrain([PersistentState("pools", "Default")] IPersistentState<PoolDirectoryState> state)
    : Grain,
        IPoolDirectoryGrain
{
    /// <summary>The oldest are forgotten; what a pool knows of its accounts is forgotten sooner, as a rule.</summary>
    private const int Most = 4000;

    public async ValueTask<ImmutableArray<string>> Enter(string pool, string provider)
    {
        var own = new EnteredPool(pool, provider);
        var before = state.State;
        if (!before.Pools.Contains(own))
        {
            try
            {
                var pools = before.Pools.Add(own);
                state.State = before with { Pools = pools.Length > Most ? pools.RemoveRange(0, pools.Length - Most) : pools };
                await state.WriteStateAsync();
            }
            catch
            {
                // It is not known whether the write took effect: the next activation reads what is stored.
                state.State = before;
                DeactivateOnIdle();
                throw;
            }
        }

        return [.. state.State.Pools.Where(one => one.Provider == provider && one.Name != pool).Select(static one => one.Name)];
    }
}
