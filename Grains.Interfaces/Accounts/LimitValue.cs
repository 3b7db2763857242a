namespace FlowGpt.Grains.Interfaces.Accounts;

/// <summary>One limit by the name it has in the accounts file.</summary>
/// <param name="Name">The limit's name, e.g. <c>requestsPerMinute</c>.</param>
/// <param name="Value">The most allowed; null takes the limit away.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.LimitValue")]
public sealed record LimitValue([property: Id(0)] string Name, [property: Id(1)] long? Value);
