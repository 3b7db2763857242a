using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>Where a chat completion stream tells its usage.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<UsagePosition>))]
public enum UsagePosition
{
    /// <summary>In a last chunk without choices, if <c>stream_options.include_usage</c> is set; whole replies always tell it.</summary>
    WhenAsked,

    /// <summary>Nowhere, in whole replies neither.</summary>
    Never,

    /// <summary>In a last chunk without choices, asked for or not.</summary>
    Always,

    /// <summary>In a chunk without choices before the one that tells the finish reason.</summary>
    BeforeFinish,

    /// <summary>On the chunk that tells the finish reason.</summary>
    OnFinish,
}
