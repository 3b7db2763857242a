using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Conversations;

/// <summary>The stored record of a conversation. Written twice a turn: when it is accepted and when it has ended.</summary>
[GenerateSerializer, Alias("flowgpt.ConversationState")]
public sealed class ConversationState
{
    /// <summary>The context: every item of the turns that completed, in order.</summary>
    [Id(0)]
    public List<Item> Items { get; set; } = [];

    /// <summary>The turn that was accepted and has not ended; after a crash, one that never will.</summary>
    [Id(1)]
    public PendingTurn? Pending { get; set; }

    /// <summary>The latest completed turn, so that a repeated request gets the same answer.</summary>
    [Id(2)]
    public CompletedTurn? Last { get; set; }

    /// <summary>How many of the last <see cref="Items"/> are the reply of <see cref="Last"/>.</summary>
    [Id(6)]
    public int LastItems { get; set; }

    /// <summary>The upstream conversation that holds exactly <see cref="Items"/>, if there is one.</summary>
    [Id(3)]
    public UpstreamThread? Thread { get; set; }

    /// <summary>The route that <see cref="Thread"/> belongs to.</summary>
    [Id(4)]
    public string? ThreadRoute { get; set; }

    /// <summary>Usage that is not known to be booked yet; delivered again until it is.</summary>
    [Id(5)]
    public List<UsageEvent> Outbox { get; set; } = [];
}
