namespace FlowGpt.Simulator.Behaviour;

/// <summary>The request that may meet a fault.</summary>
/// <param name="Route">What it calls.</param>
/// <param name="Model">The model it names, if it names one.</param>
/// <param name="Question">The text it brings, if it brings any.</param>
internal readonly record struct FaultTarget(FaultRoute Route, string? Model = null, string? Question = null);
