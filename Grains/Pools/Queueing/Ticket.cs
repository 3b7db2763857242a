using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Grains.Pools.Queueing;

/// <summary>A request that waits, or has waited, for an account.</summary>
/// <param name="id">Names it.</param>
/// <param name="request">What it asks for.</param>
/// <param name="now">When it began to wait.</param>
/// <param name="maxWait">How long it may wait.</param>
internal sealed class Ticket(Guid id, AcquireRequest request, DateTimeOffset now, TimeSpan maxWait)
{
    public Guid Id { get; } = id;

    public AcquireRequest Request { get; } = request;

    public DateTimeOffset Deadline { get; } = now + maxWait;

    /// <summary>When it was last asked for.</summary>
    public DateTimeOffset Asked { get; set; } = now;

    /// <summary>How it ended; null while it waits.</summary>
    public AcquireResult? Outcome { get; set; }

    /// <summary>Whether a caller has got the outcome.</summary>
    public bool Delivered { get; set; }

    /// <summary>How many later requests were served before it.</summary>
    public int PassedOver { get; set; }

    /// <summary>Its line in the queue, and its place there; null once it has left.</summary>
    public LinkedListNode<Ticket>? Place { get; set; }
}
