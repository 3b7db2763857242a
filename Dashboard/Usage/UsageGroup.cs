using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Usage;

namespace FlowGpt.Dashboard.Usage;

/// <summary>One line of the table of usage.</summary>
/// <param name="Name">The name of the line.</param>
/// <param name="Requests">Accepted requests.</param>
/// <param name="Errors">Those that failed.</param>
/// <param name="Input">Tokens of prompts.</param>
/// <param name="Output">Tokens of replies.</param>
/// <param name="P50">Half of the requests took at most so many seconds; null where groups were added up.</param>
/// <param name="FirstTokenP50">Half of the requests had their first token after at most so many seconds; null where groups were added up.</param>
public sealed record UsageGroup(string Name, long Requests, long Errors, long Input, long Output, double? P50, double? FirstTokenP50)
{
    /// <summary>A line of zeros.</summary>
    public static UsageGroup None { get; } = new("", 0, 0, 0, 0, null, null);

    /// <summary>Prompts and replies together.</summary>
    public long Tokens => Input + Output;

    /// <summary>Adds up the sums of each name; the most tokens come first.</summary>
    public static IReadOnlyList<UsageGroup> Of(IEnumerable<UsageSum> sums, Func<UsageSum, string> name) =>
        [
            .. sums.GroupBy(name, StringComparer.Ordinal)
                .Select(static group => Add(group.Key, [.. group]))
                .OrderByDescending(static group => group.Tokens),
        ];

    /// <summary>Adds up lines.</summary>
    public static UsageGroup Total(string name, IReadOnlyList<UsageGroup> groups) =>
        new(
            name,
            groups.Sum(one => one.Requests),
            groups.Sum(one => one.Errors),
            groups.Sum(one => one.Input),
            groups.Sum(one => one.Output),
            null,
            null
        );

    private static UsageGroup Add(string name, IReadOnlyList<UsageSum> sums) =>
        new(
            name,
            sums.Sum(static sum => sum.Requests),
            sums.Sum(static sum => sum.Errors),
            sums.Sum(static sum => sum.InputTokens),
            sums.Sum(static sum => sum.OutputTokens),
            sums.Count == 1 ? sums[0].LatencySeconds.P50 : null,
            sums.Count == 1 ? sums[0].TimeToFirstTokenSeconds.P50 : null
        );
}

/// <summary>How groups of usage are named.</summary>
/// <param name="Keys">Client keys by id.</param>
public sealed record UsageNames(IReadOnlyDictionary<string, Key> Keys)
{
    /// <summary>The name of a sum's group.</summary>
    /// <param name="by">How usage is grouped.</param>
    /// <param name="sum">The sum.</param>
    /// <param name="none">The text for a group without a name.</param>
    public string Of(string by, UsageSum sum, string none)
    {
        var name = by switch
        {
            "key" => sum.ApiKeyId is { } id && Keys.TryGetValue(id, out var key) ? key.Name : sum.ApiKeyId,
            "owner" => sum.ApiKeyId is { } id && Keys.TryGetValue(id, out var key) ? key.Owner : null,
            "route" => sum.Model,
            "account" => sum.Account,
            _ => "",
        };
        return string.IsNullOrEmpty(name) ? none : name;
    }
}
