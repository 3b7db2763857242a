using System.Text.Json;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>The JSON of <c>GET /admin/usage</c>: camel case, durations in seconds.</summary>
internal static class AdminUsageWriter
{
    public static void Write(Utf8JsonWriter json, UsagePage page, bool histograms)
    {
        json.WriteStartObject();
        json.WriteStartArray("data");
        foreach (var bucket in page.Buckets)
        {
            json.WriteStartObject();
            json.WriteString("start", bucket.Start);
            json.WriteString("end", bucket.End);
            json.WriteStartArray("results");
            foreach (var row in bucket.Rows)
            {
                WriteRow(json, row, histograms);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("hasMore", page.Next is not null);
        json.WriteString("nextPage", page.Next is { } next ? UsageCursor.ToText(next) : null);
        json.WriteNumber("ledgersUnheard", page.LedgersUnheard);
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, UsageRow row, bool histograms)
    {
        var figures = row.Figures;
        json.WriteStartObject();
        json.WriteString("apiKeyId", row.ClientKeyId);
        json.WriteString("model", row.Model);
        json.WriteString("account", row.Account);
        json.WriteNumber("requests", figures.Requests);
        json.WriteNumber("cancelled", figures.Cancelled);
        json.WriteNumber("estimated", figures.Estimated);
        json.WriteNumber("errors", figures.TotalErrors);
        json.WriteStartObject("errorsByClass");
        for (var kind = 0; kind < figures.Errors.Length; kind++)
        {
            if (figures.Errors[kind] != 0)
            {
                json.WriteNumber(kind < UsageErrorNames.All.Count ? UsageErrorNames.All[kind] : $"class{kind}", figures.Errors[kind]);
            }
        }

        json.WriteEndObject();
        json.WriteNumber("upstreamCalls", figures.Calls);
        json.WriteNumber("failedUpstreamCalls", figures.FailedCalls);
        json.WriteNumber("inputTokens", figures.PromptTokens);
        json.WriteNumber("outputTokens", figures.CompletionTokens);
        json.WriteNumber("cachedInputTokens", figures.CachedTokens);
        WriteDurations(json, "latencySeconds", figures.Latency, histograms);
        WriteDurations(json, "timeToFirstTokenSeconds", figures.TimeToFirstToken, histograms);
        json.WriteEndObject();
    }

    private static void WriteDurations(Utf8JsonWriter json, string name, DurationHistogram durations, bool histograms)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", durations.Total);
        WriteQuantile(json, "p50", durations.Quantile(0.5));
        WriteQuantile(json, "p90", durations.Quantile(0.9));
        WriteQuantile(json, "p99", durations.Quantile(0.99));
        if (histograms)
        {
            json.WriteStartArray("buckets");
            for (var bucket = 0; bucket < durations.Counts.Length; bucket++)
            {
                if (durations.Counts[bucket] != 0)
                {
                    json.WriteStartObject();
                    WriteQuantile(json, "upTo", DurationHistogram.UpperBound(bucket));
                    json.WriteNumber("count", durations.Counts[bucket]);
                    json.WriteEndObject();
                }
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // JSON has no infinity: null stands for "longer than the scale" too, as for "none".
    private static void WriteQuantile(Utf8JsonWriter json, string name, double? seconds)
    {
        if (seconds is { } value && double.IsFinite(value))
        {
            json.WriteNumber(name, Math.Round(value, 4));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
