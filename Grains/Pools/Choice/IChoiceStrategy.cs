namespace FlowGpt.Grains.Pools.Choice;

/// <summary>Chooses among accounts that can serve.</summary>
internal interface IChoiceStrategy
{
    /// <summary>The name in snapshots and decisions.</summary>
    string Name { get; }

    /// <summary>The choice among at least one candidate, in configured order. Repeatable: a choice may come to nothing.</summary>
    PoolAccount Choose(List<PoolAccount> candidates, DateTimeOffset now);

    /// <summary>The account was granted, whoever chose it.</summary>
    void Granted(PoolAccount account);
}
