using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Accounts;

/// <summary>What happens to a request that exceeds a limit. It is counted as a violation in both modes.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<LimitMode>))]
public enum LimitMode
{
    /// <summary>The request is served.</summary>
    Observe,

    /// <summary>The request is answered with 429 and charges nothing (assumed).</summary>
    Enforce,
}
