using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>
/// Sums over usage events. Whole numbers only, so that they can be added and taken away exactly in any order. Not thread-safe.
/// </summary>
[GenerateSerializer, Alias("flowgpt.UsageFigures")]
public sealed class UsageFigures
{
    /// <summary>Requests that were accepted, whatever the outcome.</summary>
    [Id(0)]
    public long Requests { get; set; }

    /// <summary>Those that the caller stopped or left.</summary>
    [Id(1)]
    public long Cancelled { get; set; }

    /// <summary>Requests whose outcome is not known; their figures are estimates.</summary>
    [Id(2)]
    public long Estimated { get; set; }

    /// <summary>Chat requests sent upstream; more than <see cref="Requests"/> when some were tried again on another account.</summary>
    [Id(3)]
    public long Calls { get; set; }

    /// <summary>Chat requests that failed, whether or not another attempt then succeeded.</summary>
    [Id(4)]
    public long FailedCalls { get; set; }

    /// <summary>Prompt tokens.</summary>
    [Id(5)]
    public long PromptTokens { get; set; }

    /// <summary>Tokens of the text that was served.</summary>
    [Id(6)]
    public long CompletionTokens { get; set; }

    /// <summary>Prompt tokens that were not sent again.</summary>
    [Id(7)]
    public long CachedTokens { get; set; }

    /// <summary>Requests that failed, by <see cref="TurnErrorKind"/>; kinds beyond the array's end never occurred.</summary>
    [Id(8)]
    public long[] Errors { get; set; } = [];

    /// <summary>From acceptance to the end, of requests that completed.</summary>
    [Id(9)]
    public DurationHistogram Latency { get; set; } = new();

    /// <summary>From acceptance to the first text, of all requests that had any.</summary>
    [Id(10)]
    public DurationHistogram TimeToFirstToken { get; set; } = new();

    /// <summary>Requests that failed, of every kind.</summary>
    public long TotalErrors => Errors.Sum();

    /// <summary>Counts a failed request.</summary>
    public void CountError(int kind, long times)
    {
        if (kind >= Errors.Length)
        {
            var errors = Errors;
            Array.Resize(ref errors, kind + 1);
            Errors = errors;
        }

        Errors[kind] += times;
    }

    /// <summary>Adds other sums, or takes them away.</summary>
    /// <param name="other">The sums.</param>
    /// <param name="sign">1 to add, -1 to take away what was added before.</param>
    public void Add(UsageFigures other, int sign = 1)
    {
        Requests += sign * other.Requests;
        Cancelled += sign * other.Cancelled;
        Estimated += sign * other.Estimated;
        Calls += sign * other.Calls;
        FailedCalls += sign * other.FailedCalls;
        PromptTokens += sign * other.PromptTokens;
        CompletionTokens += sign * other.CompletionTokens;
        CachedTokens += sign * other.CachedTokens;
        for (var kind = 0; kind < other.Errors.Length; kind++)
        {
            CountError(kind, sign * other.Errors[kind]);
        }

        Latency.Add(other.Latency, sign);
        TimeToFirstToken.Add(other.TimeToFirstToken, sign);
    }
}
