namespace FlowGpt.Grains.Pools.Choice;

/// <summary>The first account that can serve, in configured order.</summary>
internal sealed class FillFirstStrategy : IChoiceStrategy
{
    public string Name => "fill-first";

    public PoolAccount Choose(List<PoolAccount> candidates, DateTimeOffset now) => candidates[0];

    public void Granted(PoolAccount account) { }
}
