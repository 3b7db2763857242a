namespace FlowGpt.Admin.Contracts.Settings;

/// <summary>How the settings of the silos compare.</summary>
/// <param name="Silos">The silos, by name.</param>
/// <param name="Differences">Settings whose values are not the same on all silos that answered, by name.</param>
public sealed record ClusterSettings(IReadOnlyList<SiloProcess> Silos, IReadOnlyList<SettingDifference> Differences);

/// <summary>A silo, which has its own settings.</summary>
/// <param name="Id">Address and generation: names the silo in requests.</param>
/// <param name="Name">The silo's name, e.g. the machine's or the pod's.</param>
/// <param name="Process">The machine and the process's id there; null when the silo did not answer in time or is of a version that cannot report its settings.</param>
public sealed record SiloProcess(string Id, string Name, string? Process);

/// <summary>A setting whose values are not the same on all silos.</summary>
/// <param name="Name">The configuration key.</param>
/// <param name="IsSecret">Whether the values are never shown; that they differ is shown.</param>
/// <param name="Values">The value on each silo that answered, in the order of the silos.</param>
public sealed record SettingDifference(string Name, bool IsSecret, IReadOnlyList<SiloValue> Values);

/// <summary>The value of a setting on a silo.</summary>
/// <param name="Silo">The id of the silo.</param>
/// <param name="Value">The value in force; null when there is none, and always null for a secret.</param>
/// <param name="Source">Where the value came from; null when the silo has no such setting.</param>
public sealed record SiloValue(string Silo, string? Value, string? Source);
