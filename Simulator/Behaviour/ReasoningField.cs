using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>How shown reasoning is sent.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<ReasoningField>))]
public enum ReasoningField
{
    /// <summary>As <c>reasoning_content</c> of the delta or message.</summary>
    ReasoningContent,

    /// <summary>As <c>reasoning</c> of the delta or message.</summary>
    Reasoning,

    /// <summary>At the start of the text, between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>.</summary>
    ThinkTags,
}
