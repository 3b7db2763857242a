using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>What <see cref="TurnTargets"/> does with a lease: one try of the turn on one account.</summary>
internal interface ITurnAttempt
{
    /// <summary>The account of this target that is asked for first; null when any will do.</summary>
    string? PreferredAccount(Target target);

    /// <summary>Makes one attempt and settles its lease.</summary>
    /// <exception cref="OperationCanceledException">The turn was stopped.</exception>
    Task<AttemptEnd> RunAsync(OpenPool pool, Target target, Lease lease);
}

/// <summary>How one attempt ended.</summary>
/// <param name="Failure">Why it failed; null when it succeeded.</param>
/// <param name="IsFinal">Whether no other account may be tried: something has been served, or the request itself is to blame.</param>
/// <param name="IsRepeated">Whether the target is tried again as if this attempt had not been made.</param>
internal readonly record struct AttemptEnd(UpstreamFailure? Failure, bool IsFinal = false, bool IsRepeated = false);
