namespace FlowGpt.Simulator.Behaviour;

/// <summary>What the <c>[[sim: …]]</c> directives of one question say.</summary>
/// <param name="Question">The question without them.</param>
/// <param name="Settings">Their settings, or null when there is none.</param>
/// <param name="Problem">What is wrong with one, or null.</param>
internal readonly record struct Directive(string Question, BehaviourSettings? Settings, string? Problem);
