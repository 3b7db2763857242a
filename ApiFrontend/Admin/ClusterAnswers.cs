using FlowGpt.Admin.Contracts.Cluster;
using FlowGpt.Grains.Interfaces.Cluster;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Silos as the admin contract has them.</summary>
internal static class ClusterAnswers
{
    /// <summary>All silos.</summary>
    public static ClusterState Of(IEnumerable<SiloOverview> silos) => new([.. silos.Select(Of)]);

    private static SiloState Of(SiloOverview silo) =>
        new(
            silo.Id,
            silo.Name,
            silo.Status,
            silo.StartedAt,
            silo.Report is { } report ? new(report.Version, report.TurnsInFlight, report.IsDraining, report.IsCutOff) : null,
            silo.Activations,
            silo.CpuPercent,
            silo.MemoryBytes
        );
}
