namespace FlowGpt.Simulator.Control;

/// <summary>The body of a 400 or 404 under <c>/_sim</c>.</summary>
internal sealed record ControlError(IReadOnlyList<FieldProblem> Errors);
