namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>The result of a change.</summary>
/// <param name="Status">Whether it was made.</param>
/// <param name="Info">The key as it is now; null when there is none.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ApiKeyChange")]
public sealed record ApiKeyChange([property: Id(0)] ApiKeyChangeStatus Status, [property: Id(1)] ApiKeyInfo? Info);
