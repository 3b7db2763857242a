namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>An error of a turn, safe to show to its client.</summary>
/// <param name="Kind">Decides the HTTP status.</param>
/// <param name="Message">Plain English; names the field and the fix where there is one. No upstream text, no secret.</param>
/// <param name="Param">The request field it is about, as a JSON path.</param>
/// <param name="RetryAfter">When to come back, if that helps.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.TurnError")]
public sealed record TurnError(
    [property: Id(0)] TurnErrorKind Kind,
    [property: Id(1)] string Message,
    [property: Id(2)] string? Param = null,
    [property: Id(3)] TimeSpan? RetryAfter = null
);
