namespace FlowGpt.Grains.Accounts;

/// <summary>An account that has appeared in a pool, by all that it may be known by in the pool that it comes from.</summary>
/// <param name="Name">The operator's name for it.</param>
/// <param name="TokenHash">The hash of its secret.</param>
/// <param name="UpstreamId">The upstream's id of it, if the credential has it.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.WantedAccount")]
public sealed record WantedAccount([property: Id(0)] string Name, [property: Id(1)] string TokenHash, [property: Id(2)] string? UpstreamId);
