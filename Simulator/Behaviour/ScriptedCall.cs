namespace FlowGpt.Simulator.Behaviour;

/// <summary>A tool call that a directive or a setting dictates.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">Its arguments as they are sent, or the input of a custom tool; null for arguments made from the tool's schema.</param>
public sealed record ScriptedCall(string Name, string? Arguments = null);
