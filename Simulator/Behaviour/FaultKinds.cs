namespace FlowGpt.Simulator.Behaviour;

/// <summary>What kinds of fault have in common.</summary>
internal static class FaultKinds
{
    /// <summary>Whether the fault answers instead of the account taking the request.</summary>
    public static bool IsRefusal(this FaultKind kind) => kind is >= FaultKind.BadRequest and <= FaultKind.ChallengeCaptcha;

    /// <summary>Whether the fault happens after a number of fragments.</summary>
    public static bool IsAfter(this FaultKind kind) =>
        kind is FaultKind.ResetAfter or FaultKind.CloseAfter or FaultKind.CutLineAfter or FaultKind.ErrorFrameAfter or FaultKind.StallAfter;
}
