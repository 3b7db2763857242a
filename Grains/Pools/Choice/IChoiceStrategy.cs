namespace FlowGpt.Grains.Pools.Choice;

/// <summary>Orders the accounts that can serve: the first in the order is chosen.</summary>
internal interface IChoiceStrategy
{
    /// <summary>The name in snapshots and decisions.</summary>
    string Name { get; }

    /// <summary>The order begins behind this position and goes on at its start; -1 begins at its start.</summary>
    int After { get; }

    /// <summary>An account's place in the order. It changes only when the account is granted, or what it has used changes.</summary>
    ChoiceKey KeyOf(PoolAccount account, DateTimeOffset now);

    /// <summary>The account is the choice, which may come to nothing.</summary>
    void Chosen(PoolAccount account);

    /// <summary>The account was granted, also where another rule chose it.</summary>
    void Granted(PoolAccount account);
}
