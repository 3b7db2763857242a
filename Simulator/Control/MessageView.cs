namespace FlowGpt.Simulator.Control;

/// <summary>A message as <c>GET /_sim/conversations/{id}</c> shows it.</summary>
internal sealed record MessageView(string Role, string Content);
