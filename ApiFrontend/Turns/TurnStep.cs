using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>The result of one step of following a response.</summary>
/// <param name="Slice">A part of the response; null when there is an error.</param>
/// <param name="Error">Why it ended without completing; null while it runs and when it has completed.</param>
internal readonly record struct TurnStep(ResponseSlice? Slice, ApiError? Error)
{
    /// <summary>Whether the response ended as it should.</summary>
    public bool IsCompleted => Slice is { Status: ResponseStatus.Completed };
}
