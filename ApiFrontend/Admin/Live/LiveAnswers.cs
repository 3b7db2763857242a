using FlowGpt.Admin.Contracts.Live;
using FlowGpt.Grains.Interfaces.Feed;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin.Live;

/// <summary>What happens now, as the admin contract has it.</summary>
internal static class LiveAnswers
{
    /// <summary>A sample.</summary>
    /// <param name="now">The feed.</param>
    /// <param name="before">The feed at the sample before; null for the first.</param>
    /// <param name="pools">All pools.</param>
    public static LiveSample Of(FeedSnapshot now, FeedSnapshot? before, IReadOnlyCollection<PoolOverview> pools)
    {
        // Counting begins again where the feed's grain does.
        var isGoingOn = before is not null && before.Since == now.Since && now.At > before.At;
        var seconds = isGoingOn ? (now.At - before!.At).TotalSeconds : 1;
        var counts = isGoingOn ? now.Counts - before!.Counts : default;
        return new(
            now.At,
            now.Frontends,
            now.Active,
            pools.Sum(static pool => pool.Queued),
            Rate(counts.Requests),
            Rate(counts.Failed),
            Rate(counts.Refused),
            Rate(counts.InputTokens),
            Rate(counts.OutputTokens),
            now.Errors,
            Of(now.Duration),
            Of(now.TimeToFirstToken),
            [.. pools.Select(Of)]
        );

        double Rate(long count) => Math.Round(count / seconds, 2);
    }

    /// <summary>A request.</summary>
    public static RequestEntry Of(RequestRecord request) =>
        new(
            request.Id,
            request.At,
            request.Operation,
            request.KeyId,
            request.Model,
            request.Account,
            request.ResponseId,
            request.Streamed,
            request.Status,
            request.Outcome,
            request.Error,
            request.InputTokens,
            request.OutputTokens,
            request.CachedInputTokens,
            request.Attempts,
            request.QueuedFor,
            request.TimeToFirstToken,
            request.Duration
        );

    private static LivePool Of(PoolOverview pool) =>
        new(
            pool.Name,
            pool.Accounts,
            pool.Queued,
            pool.Leases,
            pool.BreakerOpen,
            pool.States.Select(static (count, state) => ((AccountState)state, count))
                .Where(static one => one.count > 0)
                .ToDictionary(static one => one.Item1.ToString(), static one => one.count)
        );

    private static LiveQuantiles Of(FeedQuantiles quantiles) => new(Round(quantiles.P50), Round(quantiles.P95), Round(quantiles.P99));

    private static double? Round(double? seconds) => seconds is { } value ? Math.Round(value, 4) : null;
}
