using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams;

/// <summary>A chat service behind the gateway, as one pool sees the service. Thread-safe.</summary>
public interface IUpstream
{
    /// <summary>
    /// Sends the call and returns once the reply has begun (its headers are good), before its events are read.
    /// </summary>
    /// <exception cref="UpstreamException">The call failed; the exception carries the classified failure.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled; the connection is closed.</exception>
    Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken);

    /// <summary>The account that alone can read something of the context, such as its own sealed reasoning; null when there is none.</summary>
    string? AccountOf(string clientKeyId, ReadOnlySpan<Item> context) => null;
}

/// <summary>A reply being received. One reader. Disposing it before its end closes the upstream connection, and never throws.</summary>
public interface IUpstreamReply : IAsyncDisposable
{
    /// <summary>
    /// Waits for events and gives all that are there to <paramref name="events"/>. True: something was given and more may follow. False: the reply has
    /// ended; what was given in this call is the rest.
    /// </summary>
    /// <exception cref="UpstreamException">The reply broke, stalled, was empty, or was not in the protocol's form.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken);

    /// <summary>Tokens as the provider reports them; null when the provider does not. Known at the end.</summary>
    TokenUsage? Usage => null;

    /// <summary>Why the reply ended. Known at the end.</summary>
    FinishReason FinishReason { get; }

    /// <summary>Whether the reply is all that the provider made: false when a decorator cut the reply. Known at the end.</summary>
    bool IsWhole => true;

    /// <summary>Bytes that were received and not given on, because the reply was cut. Known at the end.</summary>
    long DroppedBytes => 0;

    /// <summary>The upstream's own conversation, if the upstream keeps a conversation that a later turn can continue.</summary>
    string? ConversationId => null;

    /// <summary>What the answer's head says of the account's limits; null when it says nothing. Known at once.</summary>
    RateLimitReport? RateLimits => null;
}

/// <summary>Takes a reply's events, in order. Not thread-safe; never blocks. Bytes are copied before the call returns.</summary>
public interface ITurnEventSink
{
    /// <summary>Takes one event. A delta without payload is no event and is ignored.</summary>
    /// <param name="kind">The kind of event.</param>
    /// <param name="item">The index of the item: a start takes the next free index.</param>
    /// <param name="payload">As the kind says.</param>
    /// <exception cref="InvalidOperationException">The event breaks the rules of <see cref="EventKind"/>.</exception>
    void Append(EventKind kind, int item, ReadOnlySpan<byte> payload);
}
