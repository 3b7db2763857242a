namespace FlowGpt.Grains.Pools.Choice;

/// <summary>The first account that can serve, in configured order.</summary>
internal sealed class FillFirstStrategy : IChoiceStrategy
{
    public string Name => "fill-first";

    public int After => -1;

    public ChoiceKey KeyOf(PoolAccount account, DateTimeOffset now) => new(0, 0, account.Index);

    public void Chosen(PoolAccount account) { }

    public void Granted(PoolAccount account) { }
}
