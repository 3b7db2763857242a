using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>The accounts in force in a pool.</summary>
/// <param name="Accounts">Configured accounts first, in configured order; then added accounts, in the order of their adding.</param>
/// <param name="Hidden">Added accounts that are not in force because a configured account has their name or their upstream account.</param>
internal sealed record OverlaidAccounts(ImmutableArray<AccountDefinition> Accounts, ImmutableArray<HiddenAccount> Hidden);
