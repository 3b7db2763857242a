namespace FlowGpt.Simulator.Discovery;

/// <summary>The name of a persona's tag or author.</summary>
internal sealed record PersonaName(string Name);
