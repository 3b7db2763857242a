namespace FlowGpt.Admin.Contracts.Cluster;

/// <summary>The present state of the cluster.</summary>
/// <param name="Silos">The silos, by name.</param>
public sealed record ClusterState(IReadOnlyList<SiloState> Silos);

/// <summary>A silo.</summary>
/// <param name="Id">Address and generation: names the silo in requests.</param>
/// <param name="Name">The silo's name, e.g. the machine's or the pod's.</param>
/// <param name="Status">Membership: <c>Active</c>, <c>Joining</c>, <c>ShuttingDown</c>, <c>Dead</c> and so on.</param>
/// <param name="StartedAt">When the silo joined.</param>
/// <param name="Report">The silo's own report; null when the silo did not answer in time.</param>
/// <param name="Activations">Grains in memory; null when the silo did not answer in time.</param>
/// <param name="CpuPercent">The process's share of the machine's processors, 0 to 100; null likewise.</param>
/// <param name="MemoryBytes">What the process uses; null likewise.</param>
public sealed record SiloState(
    string Id,
    string Name,
    string Status,
    DateTimeOffset StartedAt,
    SiloLoad? Report,
    int? Activations,
    double? CpuPercent,
    long? MemoryBytes
);

/// <summary>What a silo says of itself.</summary>
/// <param name="Version">The program's version.</param>
/// <param name="TurnsInFlight">Responses that the silo is generating.</param>
/// <param name="IsDraining">Whether the silo takes no new ones.</param>
/// <param name="IsCutOff">Whether the silo has lost contact with its cluster and begins nothing; null where nothing watches that.</param>
public sealed record SiloLoad(string Version, int TurnsInFlight, bool IsDraining, bool? IsCutOff = null);

/// <summary>The answer to draining a silo.</summary>
/// <param name="Silo">The silo, as the request named it.</param>
/// <param name="Draining">Whether the silo drains now.</param>
public sealed record SiloDrained(string Silo, bool Draining);

/// <summary>The answer to a new key of response ids. Never the key.</summary>
/// <param name="Version">The new key's number.</param>
/// <param name="Keys">How many keys are good now, the new one included.</param>
public sealed record ResponseKeysRotated(int Version, int Keys);
