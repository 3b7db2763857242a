using System.Text.Json.Serialization;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Conversations;

/// <summary>The head record of a conversation. Written twice a turn: when the turn is accepted and when it has ended. Its items are in pages and in the tail.</summary>
[GenerateSerializer, Alias("flowgpt.ConversationState")]
public sealed class ConversationState
{
    /// <summary>The last items, which are in no page yet.</summary>
    [Id(0)]
    public List<Item> Tail { get; set; } = [];

    /// <summary>The turn that was accepted and has not ended; after a crash, a turn that never will.</summary>
    [Id(1)]
    public PendingTurn? Pending { get; set; }

    /// <summary>The latest completed turn, so that a repeated request gets the same answer.</summary>
    [Id(2)]
    public CompletedTurn? Last { get; set; }

    /// <summary>The upstream conversation that holds exactly the items, if any.</summary>
    [Id(3)]
    public UpstreamThread? Thread { get; set; }

    /// <summary>The route that <see cref="Thread"/> belongs to, and what it was told beside the items (<see cref="Conversation.SettingOf"/>).</summary>
    [Id(4)]
    public string? ThreadRoute { get; set; }

    /// <summary>Usage that is not known to be booked yet; delivered again until it is.</summary>
    [Id(5)]
    public List<UsageEvent> Outbox { get; set; } = [];

    /// <summary>How many of the last items are the reply of <see cref="Last"/>.</summary>
    [Id(6)]
    public int LastItems { get; set; }

    /// <summary>The pages of the items after the leading system messages and before the tail, in order.</summary>
    [Id(7)]
    public List<PageRef> Pages { get; set; } = [];

    /// <summary>The pages of the leading system messages.</summary>
    [Id(8)]
    public List<PageRef> Lead { get; set; } = [];

    /// <summary>Items at the beginning of the first of <see cref="Pages"/> that no longer belong to the conversation.</summary>
    [Id(9)]
    public int Skip { get; set; }

    /// <summary>When the client created the conversation as a separate object; null for a conversation that was made for a turn.</summary>
    [Id(10)]
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>The client's notes: one JSON object; null for none.</summary>
    [Id(11)]
    public string? Metadata { get; set; }

    /// <summary>How many items the conversation has lost since its beginning, so that places in it keep their numbers.</summary>
    [Id(12)]
    public long DroppedItems { get; set; }

    /// <summary>The response that was kept last; each kept response names the response before.</summary>
    [Id(13)]
    public string? LatestKept { get; set; }

    /// <summary>How many kept responses there are.</summary>
    [Id(14)]
    public int KeptResponses { get; set; }

    /// <summary>Whether clients know the conversation by a name of their own, so that it stays when its kept responses are gone.</summary>
    [Id(15)]
    public bool IsNamed { get; set; }

    /// <summary>What is counted for the conversation in the sum of its client key.</summary>
    [Id(16)]
    public StoredBytes Counted { get; set; }

    /// <summary>About how many bytes the records of the kept responses take.</summary>
    [Id(17)]
    public long KeptBytes { get; set; }

    /// <summary>In memory only: every item of the turns that completed, in order.</summary>
    [JsonIgnore]
    [field: NonSerialized]
    public List<Item> Items { get; set; } = [];

    /// <summary>In memory only: how many of the oldest items after the leading system messages were dropped since the last write.</summary>
    [JsonIgnore]
    [field: NonSerialized]
    public int Dropped { get; set; }
}
