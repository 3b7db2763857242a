using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Usage;
using FlowGpt.Dashboard.Charts;

namespace FlowGpt.Dashboard.Usage;

/// <summary>The figures of a view of usage.</summary>
/// <param name="View">What is shown.</param>
/// <param name="Stretches">Oldest first.</param>
/// <param name="Totals">The sums of the whole range.</param>
/// <param name="Before">The sums of the range before.</param>
/// <param name="Names">How groups are named.</param>
/// <param name="LedgersUnheard">Ledgers that could not be asked.</param>
public sealed record UsageFigures(
    UsageView View,
    IReadOnlyList<UsageStretch> Stretches,
    IReadOnlyList<UsageSum> Totals,
    IReadOnlyList<UsageSum> Before,
    UsageNames Names,
    int LedgersUnheard
)
{
    /// <summary>How many groups have their own colour; the sixth colour is for all others.</summary>
    private const int MostSeries = 5;

    private const int MostKeys = 1000;

    /// <summary>The sum of the range.</summary>
    public UsageGroup Total => UsageGroup.Total("", Groups(""));

    /// <summary>The sum of the range before.</summary>
    public UsageGroup TotalBefore => UsageGroup.Total("", GroupsBefore(""));

    /// <summary>The starts of the stretches.</summary>
    public IReadOnlyList<DateTimeOffset> Times => [.. Stretches.Select(static stretch => stretch.Start)];

    /// <summary>Reads a view.</summary>
    public static async Task<UsageFigures> ReadAsync(AdminClient admin, UsageView view, CancellationToken cancellationToken)
    {
        var stretches = view.ReadAsync(admin, cancellationToken);
        var totals = admin.Usage.GetAsync(view.ToRequest("total"), cancellationToken);
        var before = view.Before.ReadTotalsAsync(admin, cancellationToken);
        IReadOnlyList<Key> keys = view.By is "key" or "owner"
            ? (await admin.Keys.ListAsync(limit: MostKeys, cancellationToken: cancellationToken)).Data
            : [];
        var sums = await totals;
        return new(
            view,
            await stretches,
            [.. sums.Data.SelectMany(static stretch => stretch.Results)],
            await before,
            new(keys.ToDictionary(static key => key.Id)),
            sums.LedgersUnheard
        );
    }

    /// <summary>The lines of the table.</summary>
    /// <param name="none">The text for a group without a name.</param>
    public IReadOnlyList<UsageGroup> Groups(string none) => UsageGroup.Of(Totals, sum => Names.Of(View.By, sum, none));

    /// <summary>The same lines of the range before.</summary>
    public IReadOnlyList<UsageGroup> GroupsBefore(string none) => UsageGroup.Of(Before, sum => Names.Of(View.By, sum, none));

    /// <summary>The chart's rows: the largest groups, and all others as one.</summary>
    public IReadOnlyList<TimeSeries> Series(string measure, string others, string none)
    {
        var groups = Groups(none).OrderByDescending(group => Of(group, measure)).Select(static group => group.Name).ToArray();
        var named = groups.Length <= MostSeries + 1 ? groups : groups[..MostSeries];
        var stretches = Stretches
            .Select(stretch => UsageGroup.Of(stretch.Results, sum => Names.Of(View.By, sum, none)).ToDictionary(static group => group.Name))
            .ToArray();
        var series = named
            .Select(name => new TimeSeries(
                name,
                [.. stretches.Select(all => (double?)(all.TryGetValue(name, out var group) ? Of(group, measure) : 0))]
            ))
            .ToList();
        if (named.Length < groups.Length)
        {
            series.Add(
                new(
                    others,
                    [
                        .. stretches.Select(all =>
                            (double?)all.Values.Where(group => !named.Contains(group.Name)).Sum(group => Of(group, measure))
                        ),
                    ]
                )
            );
        }

        return series;
    }

    private static long Of(UsageGroup group, string measure) =>
        measure switch
        {
            "requests" => group.Requests,
            "errors" => group.Errors,
            _ => group.Tokens,
        };
}
