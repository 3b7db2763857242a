namespace FlowGpt.Grains.Pools.Choice;

/// <summary>The account with the most relative headroom over its limits; among equals the one used longest ago.</summary>
internal sealed class LeastLoadedStrategy : IChoiceStrategy
{
    // Numbers, not times: requests that waited are granted at one and the same time.
    private long _grants;

    public string Name => "least-loaded";

    public PoolAccount Choose(List<PoolAccount> candidates, DateTimeOffset now)
    {
        var best = candidates[0];
        if (candidates.Count == 1)
        {
            return best;
        }

        var bestHeadroom = best.Headroom(now);
        for (var i = 1; i < candidates.Count; i++)
        {
            var headroom = candidates[i].Headroom(now);
            if (headroom > bestHeadroom || (headroom == bestHeadroom && candidates[i].LastGrant < best.LastGrant))
            {
                best = candidates[i];
                bestHeadroom = headroom;
            }
        }

        return best;
    }

    public void Granted(PoolAccount account) => account.LastGrant = ++_grants;
}
