using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Cluster;
using FlowGpt.Admin.Contracts.Pools;
using FlowGpt.Admin.Contracts.Usage;

namespace FlowGpt.Dashboard.Overview;

/// <summary>The data of the overview, read at one time.</summary>
/// <param name="Pools">Every pool.</param>
/// <param name="Cluster">Every silo.</param>
/// <param name="Hours">The last 24 hours, one bucket for each.</param>
/// <param name="Day">The same hours as one sum.</param>
public sealed record OverviewData(PoolList Pools, ClusterState Cluster, UsageReport Hours, UsageSum Day)
{
    private static readonly TimeSpan Shown = TimeSpan.FromHours(23);

    /// <summary>Reads everything at once.</summary>
    public static async Task<OverviewData> ReadAsync(AdminClient admin, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hour = new DateTimeOffset(now.UtcDateTime.Date.AddHours(now.UtcDateTime.Hour), TimeSpan.Zero);
        var from = hour - Shown;
        var pools = admin.Pools.ListAsync(cancellationToken);
        var cluster = admin.Cluster.GetAsync(cancellationToken);
        var hours = admin.Usage.GetAsync(new() { Start = from, BucketWidth = "1h" }, cancellationToken);
        var day = admin.Usage.GetAsync(new() { Start = from, BucketWidth = "total" }, cancellationToken);
        return new(await pools, await cluster, await hours, SumOf(await day));
    }

    private static UsageSum SumOf(UsageReport report) =>
        report.Data.SelectMany(static stretch => stretch.Results).FirstOrDefault() ?? new();
}
