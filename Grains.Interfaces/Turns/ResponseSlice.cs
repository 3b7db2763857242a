using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>A part of a response's log.</summary>
/// <param name="Epoch">
/// Changes with each activation. A reader that sees another epoch than in its first slice has lost the log and must report an interruption.
/// </param>
/// <param name="NextSequence">Where to read on.</param>
/// <param name="Events">The events read; may be none.</param>
/// <param name="Status">How far the response is. Events come before the terminal status: a terminal slice has all the rest of the events.</param>
/// <param name="Outcome">Set when <paramref name="Status"/> is terminal.</param>
/// <param name="Serving">Who serves it; set once an account was leased.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ResponseSlice")]
public sealed record ResponseSlice(
    [property: Id(0)] Guid Epoch,
    [property: Id(1)] int NextSequence,
    [property: Id(2)] ResponseEvents Events,
    [property: Id(3)] ResponseStatus Status,
    [property: Id(4)] ResponseOutcome? Outcome,
    [property: Id(5)] ResponseServing? Serving
)
{
    /// <summary>Whether nothing more will come.</summary>
    public bool IsTerminal => Status is not (ResponseStatus.Queued or ResponseStatus.Running);
}
