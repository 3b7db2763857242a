namespace FlowGpt.Grains.Pools.Choice;

/// <summary>Requests of a minute over some accounts.</summary>
/// <param name="Limit">The sum of the limits.</param>
/// <param name="Left">What is left of them.</param>
/// <param name="Unlimited">How many of the accounts have no such limit.</param>
internal readonly record struct PoolRoom(long Limit, long Left, int Unlimited)
{
    public PoolRoom And(PoolRoom other) => new(Limit + other.Limit, Left + other.Left, Unlimited + other.Unlimited);

    public PoolRoom Less(PoolRoom other) => new(Limit - other.Limit, Left - other.Left, Unlimited - other.Unlimited);
}
