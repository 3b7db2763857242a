using System.Text.Json.Serialization;

namespace FlowGpt.Admin.Contracts.Usage;

/// <summary>Usage in stretches of time.</summary>
/// <param name="Data">Oldest first, without gaps.</param>
/// <param name="HasMore">Whether there is another page.</param>
/// <param name="NextPage">What to give as <c>page</c> for the next page; null when there is none.</param>
/// <param name="LedgersUnheard">Ledgers that may hold usage which is not shown, because they could not be reached since a crash.</param>
public sealed record UsageReport(IReadOnlyList<UsageStretch> Data, bool HasMore, string? NextPage, int LedgersUnheard);

/// <summary>The usage of a stretch of time.</summary>
/// <param name="Start">The first hour.</param>
/// <param name="End">The first hour after the stretch.</param>
/// <param name="Results">The groups; empty without usage.</param>
public sealed record UsageStretch(DateTimeOffset Start, DateTimeOffset End, IReadOnlyList<UsageSum> Results);

/// <summary>The usage of a group.</summary>
public sealed record UsageSum
{
    /// <summary>The client key; null unless grouped by it.</summary>
    public string? ApiKeyId { get; init; }

    /// <summary>The model; null unless grouped by it.</summary>
    public string? Model { get; init; }

    /// <summary>The account, empty for requests that no account served; null unless grouped by it.</summary>
    public string? Account { get; init; }

    /// <summary>Accepted requests, whether they succeeded or not.</summary>
    public long Requests { get; init; }

    /// <summary>Requests that their client ended.</summary>
    public long Cancelled { get; init; }

    /// <summary>Requests whose tokens are estimates.</summary>
    public long Estimated { get; init; }

    /// <summary>Requests that failed.</summary>
    public long Errors { get; init; }

    /// <summary>Failed requests by the class of the failure; classes without failures are left out.</summary>
    public IReadOnlyDictionary<string, long> ErrorsByClass
    {
        get => field ?? new Dictionary<string, long>();
        init;
    } = new Dictionary<string, long>();

    /// <summary>Attempts upstream.</summary>
    public long UpstreamCalls { get; init; }

    /// <summary>Attempts upstream that failed.</summary>
    public long FailedUpstreamCalls { get; init; }

    /// <summary>Tokens of prompts.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of replies.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Tokens of prompts that the provider took from its cache.</summary>
    public long CachedInputTokens { get; init; }

    /// <summary>The cost of the tokens at the present price of the model, in the currency of the prices; null unless grouped by models, and for a model without a price.</summary>
    public decimal? Cost { get; init; }

    /// <summary>From the request to the end of its response.</summary>
    public UsageQuantiles LatencySeconds
    {
        get => field ?? UsageQuantiles.None;
        init;
    } = UsageQuantiles.None;

    /// <summary>From the request to the first token of its response.</summary>
    public UsageQuantiles TimeToFirstTokenSeconds
    {
        get => field ?? UsageQuantiles.None;
        init;
    } = UsageQuantiles.None;
}

/// <summary>Quantiles of durations in seconds, at most 19 % above the exact ones; null when nothing was measured or it took longer than 17 minutes.</summary>
/// <param name="Count">How many were measured.</param>
/// <param name="P50">Half were at most this long.</param>
/// <param name="P90">Nine of ten were at most this long.</param>
/// <param name="P95">19 of 20 were at most this long.</param>
/// <param name="P99">99 of 100 were at most this long.</param>
/// <param name="Buckets">The histogram; only where <c>histograms</c> is asked for.</param>
public sealed record UsageQuantiles(
    long Count,
    double? P50,
    double? P90,
    double? P95,
    double? P99,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<UsageInterval>? Buckets = null
)
{
    /// <summary>Nothing was measured.</summary>
    public static UsageQuantiles None { get; } = new(0, null, null, null, null);
}

/// <summary>How many durations fell into an interval.</summary>
/// <param name="UpTo">The interval's end in seconds; null for the last, which has none.</param>
/// <param name="Count">How many fell into the interval.</param>
public sealed record UsageInterval(double? UpTo, long Count);
