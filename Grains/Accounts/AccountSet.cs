using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>All accounts of a pool as defined at one time. Names, tokens and upstream ids are unique within it.</summary>
/// <param name="Version">Grows with each change on this silo.</param>
/// <param name="Accounts">The accounts, in configured order.</param>
public sealed record AccountSet(long Version, ImmutableArray<AccountDefinition> Accounts)
{
    /// <summary>No accounts.</summary>
    public static readonly AccountSet Empty = new(0, []);

    /// <summary>Accounts of the file that are not in force because something is wrong with them.</summary>
    internal ImmutableArray<HiddenAccount> Bad { get; init; } = [];
}
