using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>The form of an error body; the upstream's clients saw the text under different names, and not always as a string.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<ErrorShape>))]
public enum ErrorShape
{
    /// <summary><c>{"message":"…"}</c> (assumed default of the FlowGPT face).</summary>
    Message,

    /// <summary><c>{"error":{"message":"…","type":"…","param":…,"code":…}}</c> (default of the OpenAI-compatible face).</summary>
    OpenAi,

    /// <summary><c>{"type":"error","error":{"type":"…","message":"…"}}</c> (default of the Anthropic face).</summary>
    Anthropic,

    /// <summary><c>{"data":"…"}</c>.</summary>
    Data,

    /// <summary><c>{"error":"…"}</c>.</summary>
    Error,

    /// <summary><c>{"error":{"code":…,"reasons":["…"]}}</c>: not a string.</summary>
    Structured,

    /// <summary>An HTML page.</summary>
    Html,

    /// <summary>No body.</summary>
    Empty,
}
