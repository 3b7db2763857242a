using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Feed;

/// <summary>
/// What happens now, over all frontends: counts and the latest requests, in memory only. Key: <see cref="Key"/>. What it holds is bounded, and is lost with
/// its silo: it is for looking, usage is booked elsewhere.
/// </summary>
[Alias("flowgpt.IFeedGrain")]
public interface IFeedGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "default";

    /// <summary>Takes a frontend's report. Not idempotent: a report that is sent twice counts twice.</summary>
    [Alias("report"), ResponseTimeout("00:00:05")]
    ValueTask Report(FrontendReport report);

    /// <summary>The sums as they stand.</summary>
    [Alias("snapshot"), AlwaysInterleave]
    ValueTask<FeedSnapshot> GetSnapshot();

    /// <summary>The latest requests that match, newest first.</summary>
    [Alias("requests"), AlwaysInterleave]
    ValueTask<RequestPage> GetRequests(RequestQuery query);
}
