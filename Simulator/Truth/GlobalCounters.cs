using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Simulator.Truth;

/// <summary>Counters that concern no single account. Safe to use from many threads.</summary>
internal sealed class GlobalCounters
{
    private readonly long[] _rejected = new long[Enum.GetValues<RejectReason>().Length];
    private long _chatCalls;
    private long _createCalls;
    private long _discoveryCalls;
    private long _embeddingCalls;
    private long _unknownCalls;
    private long _connections;
    private long _openConnections;

    public void CountChat() => Interlocked.Increment(ref _chatCalls);

    public void CountCreate() => Interlocked.Increment(ref _createCalls);

    public void CountDiscovery() => Interlocked.Increment(ref _discoveryCalls);

    public void CountEmbeddings() => Interlocked.Increment(ref _embeddingCalls);

    public void CountUnknown() => Interlocked.Increment(ref _unknownCalls);

    public void CountRejected(RejectReason reason) => Interlocked.Increment(ref _rejected[(int)reason]);

    public void ConnectionOpened()
    {
        Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _openConnections);
    }

    public void ConnectionClosed() => Interlocked.Decrement(ref _openConnections);

    /// <summary>Zeroes everything but the number of open connections.</summary>
    public void Reset()
    {
        Array.Clear(_rejected);
        Interlocked.Exchange(ref _chatCalls, 0);
        Interlocked.Exchange(ref _createCalls, 0);
        Interlocked.Exchange(ref _discoveryCalls, 0);
        Interlocked.Exchange(ref _embeddingCalls, 0);
        Interlocked.Exchange(ref _unknownCalls, 0);
        Interlocked.Exchange(ref _connections, 0);
    }

    public GlobalTruth Snapshot(int conversations) =>
        new()
        {
            ChatCalls = Interlocked.Read(ref _chatCalls),
            CreateCalls = Interlocked.Read(ref _createCalls),
            DiscoveryCalls = Interlocked.Read(ref _discoveryCalls),
            EmbeddingCalls = Interlocked.Read(ref _embeddingCalls),
            UnknownCalls = Interlocked.Read(ref _unknownCalls),
            Connections = Interlocked.Read(ref _connections),
            OpenConnections = Interlocked.Read(ref _openConnections),
            Conversations = conversations,
            RejectedWithoutAccount = Enum.GetValues<RejectReason>()
                .Where(reason => _rejected[(int)reason] != 0)
                .ToDictionary(reason => reason, reason => _rejected[(int)reason]),
        };
}
