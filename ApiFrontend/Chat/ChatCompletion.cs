using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>A finished reply, all but its text.</summary>
internal readonly record struct ChatCompletion(
    string ResponseId,
    DateTimeOffset CreatedAt,
    CachedModel Model,
    FinishReason Reason,
    TokenUsage Usage
);
