using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Accounts;

/// <summary>The limits an account can have.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<LimitKind>))]
public enum LimitKind
{
    /// <summary>Chat requests in a minute.</summary>
    RequestsPerMinute,

    /// <summary>Chat requests in an hour.</summary>
    RequestsPerHour,

    /// <summary>Chat requests in a day.</summary>
    RequestsPerDay,

    /// <summary>Prompt and reply tokens in a minute.</summary>
    TokensPerMinute,

    /// <summary>Prompt and reply tokens in a day.</summary>
    TokensPerDay,

    /// <summary>Chat replies in progress at once.</summary>
    Concurrent,
}
