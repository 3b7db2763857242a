using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>How the bodies of the OpenAI-compatible face are compressed.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<ReplyCompression>))]
public enum ReplyCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>With <c>Content-Encoding: gzip</c>; a stream is flushed after each event.</summary>
    Gzip,

    /// <summary>With <c>Content-Encoding: br</c>; a stream is flushed after each event.</summary>
    Br,
}
