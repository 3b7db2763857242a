namespace FlowGpt.Grains.Pools.Choice;

/// <summary>The next account in configured order after the one granted last.</summary>
internal sealed class RoundRobinStrategy : IChoiceStrategy
{
    private int _last = -1;

    public string Name => "round-robin";

    public PoolAccount Choose(List<PoolAccount> candidates, DateTimeOffset now)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.Index > _last)
            {
                return candidate;
            }
        }

        return candidates[0];
    }

    public void Granted(PoolAccount account) => _last = account.Index;
}
