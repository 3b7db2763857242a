namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>
/// How a turn of a stored conversation continues what is stored. Its input holds new items alone, which come after everything stored.
/// </summary>
/// <param name="Parent">The response that the turn continues, which must be the conversation's latest; null for a turn that continues all that is stored.</param>
/// <param name="ForkOf">The conversation of <paramref name="Parent"/>, whose context is copied into this new conversation; null when the parent is in this conversation.</param>
/// <param name="MustExist">Whether the conversation must have been created before.</param>
/// <param name="RefusesLongContext">Whether a context that is too long for the model is refused; else its oldest turns are left out.</param>
/// <param name="MustBeNew">Whether the conversation must hold nothing yet, since it belongs to one idempotency key.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.TurnContinuation")]
public sealed record TurnContinuation(
    [property: Id(0)] string? Parent,
    [property: Id(1)] string? ForkOf,
    [property: Id(2)] bool MustExist,
    [property: Id(3)] bool RefusesLongContext,
    [property: Id(4)] bool MustBeNew = false
);

/// <summary>What is kept of a response beside its events, so that the response can be shown again.</summary>
/// <param name="Shape">What the client's dialect needs to show the response again, as JSON; only the dialect reads it.</param>
/// <param name="IsBackground">Whether the response runs to its end without readers.</param>
/// <param name="Metadata">The client's notes by which the response is listed: one JSON object of texts; null for a response that is in no list.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ResponseKeeping")]
public sealed record ResponseKeeping(
    [property: Id(0)] string Shape,
    [property: Id(1)] bool IsBackground,
    [property: Id(2)] string? Metadata = null
)
{
    /// <summary>Never what the request said.</summary>
    public override string ToString() => IsBackground ? "in the background" : "kept";
}
