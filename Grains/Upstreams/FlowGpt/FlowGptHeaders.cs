using System.Collections.Frozen;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>Names of headers that this client sets.</summary>
internal static class FlowGptHeaders
{
    /// <summary>Those that identify and sign a request, beside what every kind sets itself.</summary>
    public static FrozenSet<string> Own { get; } =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "x-flow-device-id", "x-nonce", "x-timestamp", "x-signature");
}
