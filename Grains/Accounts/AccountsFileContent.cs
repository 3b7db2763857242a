using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Accounts;

/// <summary>What an accounts file says. Everything but the problems is to be used only when there are no problems; bad accounts do not stand in the way of the others.</summary>
internal sealed record AccountsFileContent
{
    /// <summary>Its pools, in the order of the file.</summary>
    public ImmutableArray<ConfiguredPool> Pools { get; init; } = [];

    /// <summary>Its accounts.</summary>
    public ImmutableArray<AccountDefinition> Accounts { get; init; } = [];

    /// <summary>Its models.</summary>
    public ImmutableArray<RouteDefinition> Models { get; init; } = [];

    /// <summary>What the tokens of single targets cost.</summary>
    public ImmutableArray<TargetPrice> Prices { get; init; } = [];

    /// <summary>Accounts that something is wrong with: they are not among <see cref="Accounts"/>.</summary>
    public ImmutableArray<BadAccount> Bad { get; init; } = [];

    /// <summary>Everything else that is wrong, each naming the field, what to do and the line.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>Everything that is wrong, with the accounts too.</summary>
    public IEnumerable<string> AllProblems => Problems.Concat(Bad.Select(static one => one.Problem));

    /// <summary>Names of pools whose definitions have problems: what names such a pool is not reported for that.</summary>
    public ImmutableArray<string> BadPools { get; init; } = [];

    /// <summary>What the next read of the file need not make again; null when the content is no such file.</summary>
    public KnownEntries? Entries { get; init; }

    /// <summary>What an operator should know and need not change.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>An account of the file that cannot be used.</summary>
/// <param name="Name">Its name; where it stands when it has none.</param>
/// <param name="Pool">Its pool.</param>
/// <param name="Problem">What is wrong, naming the field, what to do and the line.</param>
internal sealed record BadAccount(string Name, string Pool, string Problem);
