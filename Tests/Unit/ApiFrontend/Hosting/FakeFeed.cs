using System.Collections.Concurrent;
using FlowGpt.Grains.Feed;
using FlowGpt.Grains.Interfaces.Feed;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>The real rules of the feed, without a cluster.</summary>
internal sealed class FakeFeed : IFeedGrain
{
    private readonly FeedBoard _board = new(DateTimeOffset.UnixEpoch);
    private readonly Lock _lock = new();

    /// <summary>What frontends reported.</summary>
    public ConcurrentQueue<FrontendReport> Reports { get; } = new();

    /// <summary>The time of everything.</summary>
    public DateTimeOffset Now { get; set; } = TimeProvider.System.GetUtcNow();

    public ValueTask Report(FrontendReport report)
    {
        Reports.Enqueue(report);
        lock (_lock)
        {
            _board.Take(report, Now);
        }

        return default;
    }

    public ValueTask<FeedSnapshot> GetSnapshot()
    {
        lock (_lock)
        {
            return new(_board.Snapshot(Now));
        }
    }

    public ValueTask<RequestPage> GetRequests(RequestQuery query)
    {
        lock (_lock)
        {
            return new(_board.Find(query));
        }
    }
}
