using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Keys.Limits;

namespace FlowGpt.Grains.Keys;

/// <summary>What a key said about a turn.</summary>
internal sealed record KeyAdmission
{
    /// <summary>A key without limits: nothing to count.</summary>
    public static KeyAdmission Unlimited { get; } = new();

    /// <summary>Why the turn may not run; null when it may.</summary>
    public TurnError? Error { get; init; }

    /// <summary>What is left of the key's limits; null when it has none.</summary>
    public KeyHeadroom? Headroom { get; init; }

    /// <summary>The most tokens of the reply; null when tokens are not limited.</summary>
    public int? ReplyTokens { get; init; }

    /// <summary>The key.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>What the turn holds of the limits; null when it holds nothing.</summary>
    public KeyReservation? Reservation { get; init; }
}
