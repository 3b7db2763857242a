using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams;

/// <summary>One call to an upstream.</summary>
/// <param name="Model">What to ask.</param>
/// <param name="Messages">The whole context, the new turn last.</param>
/// <param name="Options">What the caller asked of the generation.</param>
/// <param name="Credential">The account to act as.</param>
/// <param name="UpstreamConversationId">
/// An upstream conversation of this account that already holds everything but the last message; then only that is sent.
/// </param>
public sealed record UpstreamRequest(
    ModelEntry Model,
    IReadOnlyList<ChatMessage> Messages,
    GenerationOptions Options,
    UpstreamCredential Credential,
    string? UpstreamConversationId
);
