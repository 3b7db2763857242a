using FlowGpt.ApiFrontend.Models;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>What is known of a response when its first event is written.</summary>
/// <param name="ResponseId">The response's id.</param>
/// <param name="CreatedAt">When the response was accepted.</param>
/// <param name="Model">The route that serves it.</param>
/// <param name="ModelMembers">See <see cref="CachedModel.JsonMembers"/>.</param>
/// <param name="PromptTokens">Tokens of the whole context as the gateway counts them.</param>
internal readonly record struct ResponseHead(
    string ResponseId,
    DateTimeOffset CreatedAt,
    string Model,
    string ModelMembers,
    int PromptTokens = 0
)
{
    public ResponseHead(string responseId, DateTimeOffset createdAt, CachedModel model, int promptTokens = 0)
        : this(responseId, createdAt, model.Entry.Id, model.JsonMembers, promptTokens) { }
}
