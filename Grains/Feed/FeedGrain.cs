using FlowGpt.Grains.Interfaces.Feed;

namespace FlowGpt.Grains.Feed;

/// <summary>Adapts <see cref="FeedBoard"/>: identity and clock. Nothing is stored.</summary>
[GrainType("feed")]
internal sealed class FeedGrain(TimeProvider time) : Grain, IFeedGrain
{
    private readonly FeedBoard _board = new(time.GetUtcNow());

    public ValueTask Report(FrontendReport report)
    {
        _board.Take(report, time.GetUtcNow());
        return default;
    }

    public ValueTask<FeedSnapshot> GetSnapshot() => new(_board.Snapshot(time.GetUtcNow()));

    public ValueTask<RequestPage> GetRequests(RequestQuery query) => new(_board.Find(query));
}
