using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams;

/// <summary>Distinguishes sealed reasoning of the gateway from that of a provider: no provider can read the gateway's.</summary>
internal static class SealedText
{
    /// <summary>What the gateway's sealed texts begin with.</summary>
    public const string Prefix = "sealed1.";

    /// <summary>Whether the gateway sealed the item's sealed form.</summary>
    public static bool IsIn(ReasoningItem reasoning) => reasoning.Encrypted?.StartsWith(Prefix, StringComparison.Ordinal) == true;
}
