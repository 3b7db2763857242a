using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Conversations.Listing;

/// <summary>The head record of a client's list: which pages there are. Written when a page begins or ends.</summary>
[GenerateSerializer, Alias("flowgpt.ResponseListState")]
public sealed class ResponseListState
{
    /// <summary>The pages by their numbers, in order. A page may be gone: its time is over, or it was never written.</summary>
    [Id(0)]
    public List<int> Pages { get; set; } = [];

    /// <summary>The number of the next page.</summary>
    [Id(1)]
    public int Next { get; set; }
}

/// <summary>Some consecutive responses of a client's list.</summary>
[GenerateSerializer, Alias("flowgpt.ResponseListPage")]
public sealed class ResponseListPage
{
    /// <summary>The responses, in order.</summary>
    [Id(0)]
    public List<ListedResponse> Responses { get; set; } = [];
}
