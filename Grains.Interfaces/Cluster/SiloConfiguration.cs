using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Cluster;

/// <summary>The settings that are in force on a silo.</summary>
/// <param name="Id">The silo's address and generation.</param>
/// <param name="Name">The silo's name.</param>
/// <param name="Settings">The settings that the silo reported; null when the silo did not answer in time or is of a version without this report.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.SiloConfiguration")]
public sealed record SiloConfiguration(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] SiloSettings? Settings
);

/// <summary>A silo's report of its settings.</summary>
/// <param name="Process">The machine and the id of the process there.</param>
/// <param name="Settings">By name.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.SiloSettings")]
public sealed record SiloSettings([property: Id(0)] string Process, [property: Id(1)] ImmutableArray<SiloSetting> Settings);

/// <summary>One setting of a silo.</summary>
/// <param name="Name">The configuration key.</param>
/// <param name="Value">The value in force; null when there is none, and always null for a secret.</param>
/// <param name="Default">The value without any configuration; null when there is none.</param>
/// <param name="IsSecret">Whether the value is never shown.</param>
/// <param name="IsSet">Whether the value was configured.</param>
/// <param name="Source">Where the value came from.</param>
/// <param name="Fingerprint">Of a secret: the first 32 bits of the SHA-256 of the value, so that equal secrets can be recognised. Null when there is no value, and for settings that are no secret.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.SiloSetting")]
public sealed record SiloSetting(
    [property: Id(0)] string Name,
    [property: Id(1)] string? Value,
    [property: Id(2)] string? Default,
    [property: Id(3)] bool IsSecret,
    [property: Id(4)] bool IsSet,
    [property: Id(5)] string Source,
    [property: Id(6)] string? Fingerprint
);
