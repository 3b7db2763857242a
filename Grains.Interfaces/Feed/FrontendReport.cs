using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Feed;

/// <summary>What one frontend counted, sent once a second while there is traffic. Its size does not grow with traffic.</summary>
/// <param name="Frontend">Names the process; a process has a new name after each start.</param>
/// <param name="Active">Requests of clients that the frontend serves at this moment.</param>
/// <param name="Counts">What was counted since the frontend's last report that arrived.</param>
/// <param name="Errors">Errors among them by code, at most <see cref="MostErrors"/> codes.</param>
/// <param name="Requests">The latest of the requests that ended since, oldest first, at most <see cref="MostRequests"/>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.FrontendReport")]
public sealed record FrontendReport(
    [property: Id(0)] string Frontend,
    [property: Id(1)] int Active,
    [property: Id(2)] FeedCounts Counts,
    [property: Id(3)] ImmutableDictionary<string, long> Errors,
    [property: Id(4)] ImmutableArray<RequestRecord> Requests
)
{
    /// <summary>Most requests of one report: more than these in a second are counted and not listed.</summary>
    public const int MostRequests = 100;

    /// <summary>Most error codes of one report.</summary>
    public const int MostErrors = 32;
}

/// <summary>Sums over requests of clients that ended.</summary>
/// <param name="Requests">Requests.</param>
/// <param name="Failed">Those that failed on this side or upstream.</param>
/// <param name="Refused">Those that were the client's own fault.</param>
/// <param name="InputTokens">Tokens of prompts.</param>
/// <param name="OutputTokens">Tokens of replies.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.FeedCounts")]
public readonly record struct FeedCounts(
    [property: Id(0)] long Requests,
    [property: Id(1)] long Failed,
    [property: Id(2)] long Refused,
    [property: Id(3)] long InputTokens,
    [property: Id(4)] long OutputTokens
)
{
    /// <summary>The sums of both.</summary>
    public static FeedCounts operator +(FeedCounts left, FeedCounts right) =>
        new(
            left.Requests + right.Requests,
            left.Failed + right.Failed,
            left.Refused + right.Refused,
            left.InputTokens + right.InputTokens,
            left.OutputTokens + right.OutputTokens
        );

    /// <summary>What the left has more than the right.</summary>
    public static FeedCounts operator -(FeedCounts left, FeedCounts right) =>
        new(
            left.Requests - right.Requests,
            left.Failed - right.Failed,
            left.Refused - right.Refused,
            left.InputTokens - right.InputTokens,
            left.OutputTokens - right.OutputTokens
        );
}
