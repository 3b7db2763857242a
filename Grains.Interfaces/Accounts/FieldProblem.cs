namespace FlowGpt.Grains.Interfaces.Accounts;

/// <summary>What is wrong with one field.</summary>
/// <param name="Field">Its path, e.g. <c>limits.requestsPerMinute</c>.</param>
/// <param name="Problem">A phrase that follows the field's name.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.FieldProblem")]
public sealed record FieldProblem([property: Id(0)] string Field, [property: Id(1)] string Problem);
