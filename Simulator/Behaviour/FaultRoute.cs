using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>Which requests meet a fault.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<FaultRoute>))]
public enum FaultRoute
{
    /// <summary><c>/v3/chat</c> and <c>/chat/completions</c>.</summary>
    Chat,

    /// <summary><c>/conversation/create</c>. Kinds that end in "after" break its JSON off in the middle.</summary>
    Create,

    /// <summary><c>/embeddings</c>.</summary>
    Embeddings,

    /// <summary><c>/models</c>.</summary>
    Models,

    /// <summary>All.</summary>
    Any,
}
