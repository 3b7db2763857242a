namespace FlowGpt.Simulator.Control;

/// <summary>One thing that is wrong with a control request.</summary>
/// <param name="Field">The field, with dots into objects, or <c>body</c>.</param>
/// <param name="Problem">What it must be.</param>
internal sealed record FieldProblem(string Field, string Problem);
