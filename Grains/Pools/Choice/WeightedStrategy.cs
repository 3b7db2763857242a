namespace FlowGpt.Grains.Pools.Choice;

/// <summary>
/// Grants in proportion to the accounts' weights: stride scheduling. Each account's pass grows by 1/weight with each grant and the
/// smallest pass goes next. An account that could not serve for a while rejoins at the present pass, so it does not make up for it.
/// </summary>
/// <remarks>Algorithm: C. A. Waldspurger, W. E. Weihl, "Stride Scheduling", MIT/LCS/TM-528, 1995.</remarks>
internal sealed class WeightedStrategy : IChoiceStrategy
{
    private double _present;

    public string Name => "weighted";

    public int After => -1;

    public ChoiceKey KeyOf(PoolAccount account, DateTimeOffset now) => new(account.Pass, 0, account.Index);

    public void Chosen(PoolAccount account) => _present = PassOf(account);

    public void Granted(PoolAccount account) => account.Pass = PassOf(account) + (1.0 / account.Definition.Weight);

    private double PassOf(PoolAccount account) => Math.Max(account.Pass, _present);
}
