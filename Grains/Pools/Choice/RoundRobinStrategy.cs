namespace FlowGpt.Grains.Pools.Choice;

/// <summary>The next account in configured order after the account that was granted last.</summary>
internal sealed class RoundRobinStrategy : IChoiceStrategy
{
    public string Name => "round-robin";

    public int After { get; private set; } = -1;

    public ChoiceKey KeyOf(PoolAccount account, DateTimeOffset now) => new(0, 0, account.Index);

    public void Chosen(PoolAccount account) { }

    public void Granted(PoolAccount account) => After = account.Index;
}
