namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>A build of the gateway.</summary>
/// <param name="Name">How tables call it.</param>
/// <param name="Folder">Where its silo executable was published to; null for the one beside this program.</param>
internal sealed record GatewayBuild(string Name, string? Folder);
