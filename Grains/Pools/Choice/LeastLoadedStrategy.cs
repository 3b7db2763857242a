namespace FlowGpt.Grains.Pools.Choice;

/// <summary>The account with the most relative headroom over its limits; among equal accounts the account that was used longest ago.</summary>
internal sealed class LeastLoadedStrategy : IChoiceStrategy
{
    // Numbers, not times: requests that waited are granted at one and the same time.
    private long _grants;

    public string Name => "least-loaded";

    public int After => -1;

    public ChoiceKey KeyOf(PoolAccount account, DateTimeOffset now) => new(-account.Headroom(now), account.LastGrant, account.Index);

    public void Chosen(PoolAccount account) { }

    public void Granted(PoolAccount account) => account.LastGrant = ++_grants;
}
