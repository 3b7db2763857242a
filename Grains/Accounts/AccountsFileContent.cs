using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Accounts;

/// <summary>What an accounts file says. Everything but the problems is to be used only when there are no problems.</summary>
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

    /// <summary>Everything that is wrong, each naming the field, what to do and the line.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>What an operator should know and need not change.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
