using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>What a provider says that a call has used, as far as it can be believed. Pure.</summary>
internal static class ToldUsage
{
    /// <summary>
    /// Null when the provider told nothing, or no tokens for a prompt or a reply that has some: a server that does not count would make every budget void.
    /// </summary>
    public static TokenUsage? Of(IUpstreamReply reply, ResponseLog log) =>
        reply.Usage is { PromptTokens: > 0 } told && (told.CompletionTokens > 0 || log.Bytes.Length == 0) ? told : null;
}
