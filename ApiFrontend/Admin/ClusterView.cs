using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Cluster;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>The cluster as it stands.</summary>
/// <param name="Silos">Its silos, by name.</param>
internal sealed record ClusterView(ImmutableArray<SiloOverview> Silos);
