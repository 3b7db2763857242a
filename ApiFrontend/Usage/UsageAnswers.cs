using FlowGpt.Admin.Contracts.Usage;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>Usage as the admin contract has it.</summary>
internal static class UsageAnswers
{
    /// <summary>A page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="histograms">Whether the buckets of the durations are listed.</param>
    /// <param name="models">The models with their prices; null when they are not known.</param>
    public static UsageReport Of(UsagePage page, bool histograms, CachedCatalog? models) =>
        new(
            [
                .. page.Buckets.Select(bucket => new UsageStretch(
                    bucket.Start,
                    bucket.End,
                    [.. bucket.Rows.Select(row => Of(row, histograms, models))]
                )),
            ],
            page.Next is not null,
            page.Next is { } next ? UsageCursor.ToText(next) : null,
            page.LedgersUnheard
        );

    private static UsageSum Of(UsageRow row, bool histograms, CachedCatalog? models)
    {
        var figures = row.Figures;
        return new()
        {
            ApiKeyId = row.ClientKeyId,
            Model = row.Model,
            Account = row.Account,
            Requests = figures.Requests,
            Cancelled = figures.Cancelled,
            Estimated = figures.Estimated,
            Errors = figures.TotalErrors,
            ErrorsByClass = ErrorsOf(figures),
            UpstreamCalls = figures.Calls,
            FailedUpstreamCalls = figures.FailedCalls,
            InputTokens = figures.PromptTokens,
            OutputTokens = figures.CompletionTokens,
            CachedInputTokens = figures.CachedTokens,
            Cost = UsageCost.Of(row, models),
            LatencySeconds = Of(figures.Latency, histograms),
            TimeToFirstTokenSeconds = Of(figures.TimeToFirstToken, histograms),
        };
    }

    private static Dictionary<string, long> ErrorsOf(UsageFigures figures)
    {
        var errors = new Dictionary<string, long>();
        for (var kind = 0; kind < figures.Errors.Length; kind++)
        {
            if (figures.Errors[kind] != 0)
            {
                errors.Add(UsageErrorNames.Of(kind), figures.Errors[kind]);
            }
        }

        return errors;
    }

    private static UsageQuantiles Of(DurationHistogram durations, bool histograms) =>
        new(
            durations.Total,
            Seconds(durations.Quantile(0.5)),
            Seconds(durations.Quantile(0.9)),
            Seconds(durations.Quantile(0.95)),
            Seconds(durations.Quantile(0.99)),
            histograms ? [.. IntervalsOf(durations)] : null
        );

    private static IEnumerable<UsageInterval> IntervalsOf(DurationHistogram durations)
    {
        for (var bucket = 0; bucket < durations.Counts.Length; bucket++)
        {
            if (durations.Counts[bucket] != 0)
            {
                yield return new(Seconds(DurationHistogram.UpperBound(bucket)), durations.Counts[bucket]);
            }
        }
    }

    // JSON has no infinity: null stands for "longer than the scale" too, as for "none".
    private static double? Seconds(double? seconds) => seconds is { } value && double.IsFinite(value) ? Math.Round(value, 4) : null;
}
