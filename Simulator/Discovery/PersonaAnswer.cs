namespace FlowGpt.Simulator.Discovery;

/// <summary>The answer of <c>GET /prompt/{id}/</c>.</summary>
internal sealed record PersonaAnswer(Persona Prompt);
