using System.Globalization;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Usage;

namespace FlowGpt.Dashboard.Usage;

/// <summary>Which usage is shown; the page's address holds the choice.</summary>
/// <param name="Start">The first hour.</param>
/// <param name="End">The first hour after.</param>
/// <param name="Width"><c>1h</c> or <c>1d</c>.</param>
/// <param name="By"><c>key</c>, <c>owner</c>, <c>route</c> or <c>account</c>; empty for the sum alone.</param>
public sealed record UsageView(DateTimeOffset Start, DateTimeOffset End, string Width, string By)
{
    /// <summary>The ranges that have a button, with their hours.</summary>
    public static IReadOnlyList<(string Name, int Hours)> Ranges { get; } = [("24h", 24), ("7d", 7 * 24), ("30d", 30 * 24)];

    /// <summary>Reads an address.</summary>
    /// <param name="range">A name of <see cref="Ranges"/>, or <c>custom</c>.</param>
    /// <param name="from">The first day of a custom range.</param>
    /// <param name="to">The last day of a custom range.</param>
    /// <param name="width">The bucket's width.</param>
    /// <param name="by">How usage is grouped.</param>
    /// <param name="now">The present.</param>
    public static UsageView Read(string? range, string? from, string? to, string? width, string? by, DateTimeOffset now)
    {
        var nextHour = new DateTimeOffset(now.UtcDateTime.Date.AddHours(now.UtcDateTime.Hour + 1), TimeSpan.Zero);
        var hours = Ranges.FirstOrDefault(one => one.Name == range, Ranges[0]).Hours;
        var (start, end) = (nextHour.AddHours(-hours), nextHour);
        if (range == "custom" && TryDay(from, out var first) && TryDay(to, out var last) && last >= first)
        {
            (start, end) = (first, last.AddDays(1));
        }

        var isShort = end - start <= TimeSpan.FromHours(168);
        return new(
            start,
            end,
            width is "1h" or "1d" && (isShort || width == "1d") ? width : (end - start <= TimeSpan.FromHours(48) ? "1h" : "1d"),
            by ?? "route"
        );
    }

    /// <summary>The range of the same length just before this one.</summary>
    public UsageView Before => this with { Start = Start - (End - Start), End = Start };

    /// <summary>How usage is grouped, by the gateway's name; none for owners, since usage is recorded by keys.</summary>
    public IReadOnlyList<string> GroupBy =>
        By switch
        {
            "key" or "owner" => ["api_key_id"],
            "route" => ["model"],
            "account" => ["account"],
            _ => [],
        };

    /// <summary>The gateway's request for this usage.</summary>
    public UsageRequest ToRequest(string width) =>
        new()
        {
            Start = Start,
            End = End,
            BucketWidth = width,
            GroupBy = GroupBy,
        };

    /// <summary>Reads all pages of the stretches.</summary>
    public async Task<IReadOnlyList<UsageStretch>> ReadAsync(AdminClient admin, CancellationToken cancellationToken)
    {
        var stretches = new List<UsageStretch>();
        var request = ToRequest(Width);
        while (true)
        {
            var report = await admin.Usage.GetAsync(request, cancellationToken);
            stretches.AddRange(report.Data);
            if (!report.HasMore || report.NextPage is null)
            {
                return stretches;
            }

            request = request with { Page = report.NextPage };
        }
    }

    /// <summary>Reads the sums of the whole stretch, one a group.</summary>
    public async Task<IReadOnlyList<UsageSum>> ReadTotalsAsync(AdminClient admin, CancellationToken cancellationToken) =>
        [.. (await admin.Usage.GetAsync(ToRequest("total"), cancellationToken)).Data.SelectMany(static stretch => stretch.Results)];

    private static bool TryDay(string? text, out DateTimeOffset day) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out day);
}
