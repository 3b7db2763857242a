using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>Finds the place of a turn whose request names, or asks for, something stored. Thread-safe.</summary>
internal sealed class StoredTurns(StoredPlaces places)
{
    /// <summary>Each response that is read costs a call of its grain, and its conversation is loaded.</summary>
    internal const int MostReferencedResponses = 256;

    /// <summary>The place, or what is wrong with the ids of the request.</summary>
    /// <param name="storing">What the request says.</param>
    /// <param name="prefix">What ids of this dialect's responses start with.</param>
    /// <param name="clientKeyId">The client key of the turn.</param>
    /// <param name="named">The conversation that the request's header names; null when it names none.</param>
    /// <param name="idempotencyKey">The request's key for repetitions; null when it has none.</param>
    /// <param name="aborted">The client's connection.</param>
    public async ValueTask<(StoredPlace? Place, ApiError? Error)> PlaceAsync(
        StoreRequest storing,
        string prefix,
        string clientKeyId,
        string? named,
        string? idempotencyKey,
        CancellationToken aborted
    )
    {
        if (!await places.IsReadyAsync(aborted))
        {
            return (null, GatewayErrors.Interrupted);
        }

        if (storing.Conversation is { } conversation)
        {
            var place = places.InConversation(clientKeyId, conversation, storing.RefusesLongContext);
            return (place, place is null ? StoredErrors.NoConversation(conversation) : null);
        }

        if (storing.Parent is not { } parent)
        {
            return (
                named is null && storing.Keeping is null ? StoredPlace.None
                : named is not null && storing.TellsHistory ? new StoredPlace(named, null, [])
                : places.New(named, idempotencyKey, storing.RefusesLongContext),
                null
            );
        }

        if (storing.Keeping is not null)
        {
            var place = places.After(clientKeyId, prefix, parent, storing.RefusesLongContext);
            return (place, place is null ? StoredErrors.NoPreviousResponse(parent) : null);
        }

        if (places.OfResponse(clientKeyId, prefix, parent) is not { } grain)
        {
            return (null, StoredErrors.NoPreviousResponse(parent));
        }

        var (context, error) = await places.AskAsync(() => grain.GetContext(parent), aborted);
        return context is null ? (null, error)
            : context.Items is { } items ? (new StoredPlace(null, null, items), null)
            : (null, context.IsRunning ? StoredErrors.PreviousResponseRuns(parent) : StoredErrors.NoPreviousResponse(parent));
    }

    /// <summary>
    /// The content with the items of the client's kept responses in place of what only names them; or the refusal of the first name that no such item has. Each response is
    /// read once, whatever number of its items is named; more than <see cref="MostReferencedResponses"/> are refused unread.
    /// </summary>
    /// <param name="content">What the request asks.</param>
    /// <param name="storing">What the request says of what is stored. The conversation that a request continues finds the items itself.</param>
    /// <param name="clientKeyId">The client key of the request.</param>
    /// <param name="aborted">The client's connection.</param>
    /// <returns>The content; null, without an error, where it stays as it is.</returns>
    public async ValueTask<(TurnContent? Content, ApiError? Error)> FindItemsAsync(
        TurnContent content,
        StoreRequest? storing,
        string clientKeyId,
        CancellationToken aborted
    )
    {
        var input = content.Input;
        if (storing is { Parent: not null } or { Conversation: not null } || !input.Any(ItemReferences.Is))
        {
            return (null, null);
        }

        if (!await places.IsReadyAsync(aborted))
        {
            return (null, GatewayErrors.Interrupted);
        }

        var found = new Dictionary<string, Item>(StringComparer.Ordinal);
        var responses = input.Where(ItemReferences.Is).GroupBy(static item => ItemIds.ResponseOf(item.Id!)).ToArray();
        if (responses.Length > MostReferencedResponses)
        {
            return (null, StoredErrors.TooManyReferences(MostReferencedResponses, responses.Length));
        }

        foreach (var named in responses)
        {
            if (named.Key is not { } responseId || places.OfResponse(clientKeyId, ItemIds.ResponsePrefix, responseId) is not { } grain)
            {
                continue;
            }

            ImmutableArray<string> ids = [.. named.Select(static item => item.Id!)];
            var (items, error) = await places.AskAsync(() => grain.GetItems(ids), aborted);
            if (error is not null)
            {
                return (null, error);
            }

            foreach (var item in items)
            {
                found[item.Id!] = item;
            }
        }

        return input.FirstOrDefault(item => ItemReferences.Is(item) && !found.ContainsKey(item.Id!)) is { } missing
            ? (null, TurnErrorMapper.Map(ItemReferences.NotFound(missing)))
            : (content with { Input = [.. input.Select(item => ItemReferences.Is(item) ? found[item.Id!] : item)] }, null);
    }

    /// <summary>What is kept of a response beside its events, or why the response cannot be gone on from.</summary>
    /// <param name="responseId">The response.</param>
    /// <param name="prefix">What ids of this dialect's responses start with.</param>
    /// <param name="clientKeyId">Who asks.</param>
    /// <param name="aborted">The client's connection.</param>
    public async ValueTask<(string? Shape, ApiError? Error)> ShapeAsync(
        string responseId,
        string prefix,
        string clientKeyId,
        CancellationToken aborted
    )
    {
        if (!await places.IsReadyAsync(aborted))
        {
            return (null, GatewayErrors.Interrupted);
        }

        if (places.OfResponse(clientKeyId, prefix, responseId) is not { } grain)
        {
            return (null, StoredErrors.NoPreviousResponse(responseId));
        }

        var (kept, error) = await places.AskAsync(() => grain.GetResponse(responseId), aborted);
        return (kept?.Shape, kept is null ? error ?? StoredErrors.NoPreviousResponse(responseId) : null);
    }

    /// <summary>The place of a turn after a context that is kept nowhere else.</summary>
    public StoredPlace After(ImmutableArray<Item> before, StoreRequest storing) =>
        (storing.Keeping is null ? StoredPlace.None : places.New(null, null, storing.RefusesLongContext)) with
        {
            Before = before,
        };

    /// <summary>A refusal because what the request names is gone, in the words for an unknown id.</summary>
    public static ApiError AsUnknown(ApiError refused, StoreRequest? storing) =>
        refused switch
        {
            { Code: "not_found", Param: "conversation" } when storing?.Conversation is { } id => StoredErrors.NoConversation(id),
            { Code: "previous_response_not_found" } when storing?.Parent is { } id => StoredErrors.NoPreviousResponse(id),
            _ => refused,
        };

    /// <summary>Another place for a turn that was refused; null when the refusal stands.</summary>
    public StoredPlace? Elsewhere(StoredPlace place, string clientKeyId, ApiError refused) =>
        place.Continuation is { Parent: not null, ForkOf: null } && refused.Code is StoredErrors.NotLatest or "conversation_locked"
            ? places.Fork(clientKeyId, place)
            : null;
}
