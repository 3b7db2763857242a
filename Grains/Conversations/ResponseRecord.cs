using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// The head record of a response that is kept. Written when its turn is accepted and when its turn has ended; the events are in separate chunks. A record without an
/// outcome whose turn does not run belongs to a response whose silo died.
/// </summary>
[GenerateSerializer, Alias("flowgpt.ResponseRecord")]
public sealed class ResponseRecord
{
    [Id(0)]
    public string ResponseId { get; set; } = "";

    /// <summary>The route that the response was asked of.</summary>
    [Id(1)]
    public string Route { get; set; } = "";

    /// <summary>What the client's dialect needs to show the response again.</summary>
    [Id(2)]
    public string Shape { get; set; } = "";

    /// <summary>When the turn was accepted.</summary>
    [Id(3)]
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>How the response ended; only with <see cref="Outcome"/>.</summary>
    [Id(4)]
    public ResponseStatus Status { get; set; }

    /// <summary>Null until the turn has ended.</summary>
    [Id(5)]
    public ResponseOutcome? Outcome { get; set; }

    /// <summary>How many chunks the events have, once the turn has ended.</summary>
    [Id(6)]
    public int Chunks { get; set; }

    /// <summary>How many items the conversation had in all, those that were dropped included, when the response was complete; 0 when the response is not.</summary>
    [Id(7)]
    public long EndItem { get; set; }

    /// <summary>For each page of the turn's own input, of how many records the page is; the last items are in <see cref="InputTail"/>.</summary>
    [Id(8)]
    public List<int> InputPages { get; set; } = [];

    /// <summary>The last items of the turn's own input, which are in no page.</summary>
    [Id(9)]
    public List<Item> InputTail { get; set; } = [];

    /// <summary>The response of this conversation that was kept before this response; null for the first.</summary>
    [Id(10)]
    public string? Previous { get; set; }

    /// <summary>The client's notes by which the response is listed; null for a response that is in no list.</summary>
    [Id(11)]
    public string? Metadata { get; set; }

    /// <summary>Tokens of the turn's whole context; 0 when that was not written.</summary>
    [Id(12)]
    public int PromptTokens { get; set; }

    /// <summary>About how many bytes the records of the response take, as counted in its conversation.</summary>
    [Id(13)]
    public long Bytes { get; set; }
}

/// <summary>Some consecutive events of a response. Written once.</summary>
[GenerateSerializer, Alias("flowgpt.ResponseChunk")]
public sealed class ResponseChunk
{
    /// <summary>The payloads.</summary>
    [Id(0)]
    public byte[] Bytes { get; set; } = [];

    /// <summary>See <see cref="ResponseEvents.Heads"/>.</summary>
    [Id(1)]
    public ulong[] Heads { get; set; } = [];
}
