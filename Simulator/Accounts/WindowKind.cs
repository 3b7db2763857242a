using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Accounts;

/// <summary>How the upstream counts "per minute"; which one the real service uses is unknown.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<WindowKind>))]
public enum WindowKind
{
    /// <summary>The last 60 seconds at any instant (assumed default: a client that keeps this limit keeps the fixed kind too).</summary>
    Sliding,

    /// <summary>The UTC minute, hour or day that the clock is in.</summary>
    Fixed,
}
