using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>Where a stored turn runs and what it continues.</summary>
/// <param name="ConversationId">The conversation; null for a turn that is not stored.</param>
/// <param name="Continuation">How it goes on; null for a turn that is not stored.</param>
/// <param name="Before">For a turn that is not stored, the context before its input.</param>
internal sealed record StoredPlace(string? ConversationId, TurnContinuation? Continuation, ImmutableArray<Item> Before)
{
    public static StoredPlace None { get; } = new(null, null, []);
}

/// <summary>
/// Finds the conversations that ids name. An id that this gateway did not make for this client is unknown, and no grain is asked about it. Thread-safe.
/// </summary>
internal sealed class StoredPlaces(IGrainFactory grains, AddressKeyCache keys, TimeProvider time, IOptions<FrontendOptions> options)
{
    /// <summary>What ids of conversations start with.</summary>
    public const string ConversationPrefix = "conv_";

    private const string IdempotentPlace = "once-";

    private readonly TimeSpan _within = options.Value.StartWithin;

    /// <summary>Whether ids can be read; waits for the keys.</summary>
    public ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken) => keys.LoadAsync(_within, cancellationToken);

    /// <summary>The conversation that has a response; null for an unknown id.</summary>
    public IConversationGrain? OfResponse(string clientKeyId, string prefix, string responseId) =>
        PlaceOf(clientKeyId, prefix, responseId) is { } place ? Grain(clientKeyId, place) : null;

    /// <summary>The conversation that an id names; null for an unknown id.</summary>
    public IConversationGrain? OfConversation(string clientKeyId, string conversationId) =>
        PlaceOf(clientKeyId, ConversationPrefix, conversationId) is { } place ? Grain(clientKeyId, place) : null;

    /// <summary>The conversation that a client named itself; null for what is no such name. Ids of <see cref="NewConversation"/> are longer than any name.</summary>
    public IConversationGrain? OfNamed(string clientKeyId, string name) =>
        ConversationKey.IsValidId(name) ? Grain(clientKeyId, name) : null;

    /// <summary>A new conversation and its id.</summary>
    public (string Id, IConversationGrain Grain) NewConversation(string clientKeyId)
    {
        var place = NewPlace();
        return (
            keys.Codec.Mint(ConversationPrefix, new(clientKeyId, AddressKind.Conversation, place, Guid.Empty)),
            Grain(clientKeyId, place)
        );
    }

    /// <summary>The place of a turn in a conversation.</summary>
    /// <param name="clientKeyId">The client key of the turn.</param>
    /// <param name="conversationId">The conversation's id.</param>
    /// <param name="refusesLongContext">See <see cref="TurnContinuation.RefusesLongContext"/>.</param>
    public StoredPlace? InConversation(string clientKeyId, string conversationId, bool refusesLongContext) =>
        PlaceOf(clientKeyId, ConversationPrefix, conversationId) is { } place
            ? new(place, new TurnContinuation(null, null, MustExist: true, refusesLongContext), [])
            : null;

    /// <summary>The place of a turn that continues a response; null for an unknown id.</summary>
    public StoredPlace? After(string clientKeyId, string prefix, string parent, bool refusesLongContext) =>
        PlaceOf(clientKeyId, prefix, parent) is { } place
            ? new(place, new TurnContinuation(parent, null, MustExist: false, refusesLongContext), [])
            : null;

    /// <summary>The place of a turn that continues nothing, or is in a conversation that the client named itself. Requests with the same idempotency key have the same place.</summary>
    public StoredPlace New(string? named, string? idempotencyKey, bool refusesLongContext)
    {
        var place = named ?? (idempotencyKey is null ? NewPlace() : IdempotentPlace + TurnRouter.HashOf(idempotencyKey));
        var mustBeNew = named is null && idempotencyKey is not null;
        return new(place, new TurnContinuation(null, null, MustExist: false, refusesLongContext, mustBeNew), []);
    }

    /// <summary>The place of a turn whose parent is not the latest of its conversation: a new conversation with a copy of the context.</summary>
    public StoredPlace Fork(string clientKeyId, StoredPlace place) =>
        new(NewPlace(), place.Continuation! with { ForkOf = ConversationKey.Stored(clientKeyId, place.ConversationId!) }, []);

    /// <summary>Asks a grain, again and again while it does not answer.</summary>
    /// <returns>The answer, or the error for the client.</returns>
    public async ValueTask<(T? Answer, ApiError? Error)> AskAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return (await call(), null);
            }
            catch (Exception exception) when (TransientFailures.IsOfACall(exception) && !cancellationToken.IsCancellationRequested)
            {
                if (attempt == TransientFailures.MaxAttempts)
                {
                    return (default, GatewayErrors.Interrupted);
                }
            }

            await TransientFailures.DelayAsync(time, cancellationToken);
        }
    }

    private string? PlaceOf(string clientKeyId, string prefix, string id) =>
        keys.Codec.TryRead(prefix, id, clientKeyId, out var address) && address.Kind == AddressKind.Conversation ? address.Place : null;

    private IConversationGrain Grain(string clientKeyId, string place) =>
        grains.GetGrain<IConversationGrain>(ConversationKey.Stored(clientKeyId, place));

    private string NewPlace() => Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
}
