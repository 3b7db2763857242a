using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>A response that is kept, as it is now.</summary>
/// <param name="ResponseId">The response.</param>
/// <param name="Route">The route that it was asked of.</param>
/// <param name="Shape">See <see cref="ResponseKeeping.Shape"/>.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="Status">How far it is. <see cref="ResponseStatus.Failed"/> with <see cref="TurnErrorKind.Interrupted"/> when its silo died: the events end at the last checkpoint.</param>
/// <param name="Outcome">How it ended; null while it runs.</param>
/// <param name="Events">Its events so far.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.KeptResponse")]
public sealed record KeptResponse(
    [property: Id(0)] string ResponseId,
    [property: Id(1)] string Route,
    [property: Id(2)] string Shape,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] ResponseStatus Status,
    [property: Id(5)] ResponseOutcome? Outcome,
    [property: Id(6)] ResponseEvents Events
)
{
    /// <summary>Whether nothing more will come.</summary>
    public bool IsTerminal => Outcome is not null;

    /// <summary>Which response, never what it says.</summary>
    public override string ToString() => $"{ResponseId} {Status}";
}

/// <summary>The context for a turn that continues a response.</summary>
/// <param name="Items">The context and the reply; null when there is none.</param>
/// <param name="IsRunning">Whether the response has not ended yet.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ResponseContext")]
public sealed record ResponseContext([property: Id(0)] ImmutableArray<Item>? Items, [property: Id(1)] bool IsRunning);

/// <summary>A conversation that a client created.</summary>
/// <param name="CreatedAt">When.</param>
/// <param name="Metadata">The client's notes: one JSON object.</param>
/// <param name="FullAt">The limit of stored bytes that the conversation would have passed, so that it was not created; null when there was room.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ConversationInfo")]
public sealed record ConversationInfo(
    [property: Id(0)] DateTimeOffset CreatedAt,
    [property: Id(1)] string Metadata,
    [property: Id(2)] long? FullAt = null
)
{
    /// <summary>Never what the client noted.</summary>
    public override string ToString() => $"created {CreatedAt:O}";
}

/// <summary>A page of items.</summary>
/// <param name="Items">The items.</param>
/// <param name="HasMore">Whether there are more after them.</param>
/// <param name="IsAfterUnknown">Whether the item is not there after which the page was to begin.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ItemPage")]
public sealed record ItemPage(
    [property: Id(0)] ImmutableArray<Item> Items,
    [property: Id(1)] bool HasMore,
    [property: Id(2)] bool IsAfterUnknown = false
);

/// <summary>The result of adding a client's items to a conversation.</summary>
/// <param name="IsLocked">Whether a turn runs, so that nothing was added.</param>
/// <param name="Items">The items as they were added, with their ids.</param>
/// <param name="FullAt">The limit of stored bytes that the items would have passed, so that nothing was added; null when there was room.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AddedItems")]
public sealed record AddedItems(
    [property: Id(0)] bool IsLocked,
    [property: Id(1)] ImmutableArray<Item> Items,
    [property: Id(2)] long? FullAt = null
);

/// <summary>Which items a client wants to see.</summary>
/// <param name="Limit">Most items.</param>
/// <param name="IsAscending">Whether the oldest come first.</param>
/// <param name="After">The item after which the page begins; null for the first page.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ItemQuery")]
public sealed record ItemQuery([property: Id(0)] int Limit, [property: Id(1)] bool IsAscending, [property: Id(2)] string? After);
