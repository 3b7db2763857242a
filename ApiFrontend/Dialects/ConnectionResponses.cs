using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>
/// The latest response of one connection that is not kept anywhere else, so that the connection's next request can continue it. A feature of requests that
/// come through such a connection. Used by one request at a time.
/// </summary>
internal sealed class ConnectionResponses
{
    private string? _id;
    private ImmutableArray<Item> _items = [];

    /// <summary>The context of the request that runs: what the request continues, and its input.</summary>
    public ImmutableArray<Item> Context { get; set; } = [];

    /// <summary>Whether the request that runs is to generate nothing: its context alone is remembered.</summary>
    public bool GeneratesNothing { get; set; }

    /// <summary>The context and the reply of a response; null for a response that is not here.</summary>
    public ImmutableArray<Item>? Find(string id) => id == _id ? _items : null;

    /// <summary>Remembers the response of the request that ran, in the place of an earlier one.</summary>
    public void Keep(string id, ImmutableArray<Item> reply) => (_id, _items) = (id, [.. Context, .. reply]);

    /// <summary>Forgets what there is: the request that went on from the response failed.</summary>
    public void Forget() => (_id, _items) = (null, []);
}
