using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>What an accounts file says.</summary>
/// <param name="Accounts">Its accounts; to be used only when there are no problems.</param>
/// <param name="Problems">Everything that is wrong with it, each naming the field and what to do.</param>
internal sealed record AccountsFileContent(ImmutableArray<AccountDefinition> Accounts, ImmutableArray<string> Problems)
{
    public static AccountsFileContent Unreadable(string problem) => new([], [problem]);
}
