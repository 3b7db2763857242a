using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Signatures;

/// <summary>What is asked of a chat request's signature. Whether the real service checks it at all is unknown.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<SignatureMode>))]
public enum SignatureMode
{
    /// <summary>Nothing; nothing is counted either.</summary>
    Off,

    /// <summary>A signature that is present must be right. Everything else is counted and let through (assumed default).</summary>
    Lenient,

    /// <summary>It must be present and right, its timestamp near the clock, and its nonce well formed and new.</summary>
    Strict,
}
