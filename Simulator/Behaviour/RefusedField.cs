using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>Something in a chat completion request that a server may not take.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<RefusedField>))]
public enum RefusedField
{
    /// <summary><c>max_tokens</c>.</summary>
    MaxTokens,

    /// <summary><c>max_completion_tokens</c>.</summary>
    MaxCompletionTokens,

    /// <summary><c>stream_options</c>.</summary>
    StreamOptions,

    /// <summary>A message with the role <c>developer</c>.</summary>
    DeveloperRole,

    /// <summary><c>parallel_tool_calls</c>.</summary>
    ParallelToolCalls,

    /// <summary><c>tools</c>.</summary>
    Tools,

    /// <summary><c>response_format</c>.</summary>
    ResponseFormat,

    /// <summary>An image part.</summary>
    Images,

    /// <summary>A field that chat completions are not known to have.</summary>
    UnknownFields,
}
