using System.Buffers;
using System.Globalization;
using System.Text;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>
/// Usage as a table (RFC 4180): one line for each group of each bucket. A name that a spreadsheet would take for a formula gets an apostrophe in front.
/// </summary>
/// <param name="destination">Where to.</param>
/// <param name="models">The models with their prices; null when they are not known.</param>
internal sealed class UsageCsvWriter(IBufferWriter<byte> destination, CachedCatalog? models)
{
    private static readonly double[] Shares = [0.5, 0.9, 0.99];

    private static readonly string Head = string.Join(
        ',',
        [
            "start",
            "end",
            "api_key_id",
            "model",
            "account",
            "requests",
            "cancelled",
            "estimated",
            "errors",
            "upstream_calls",
            "failed_upstream_calls",
            "input_tokens",
            "output_tokens",
            "cached_input_tokens",
            "latency_p50_seconds",
            "latency_p90_seconds",
            "latency_p99_seconds",
            "first_token_p50_seconds",
            "first_token_p90_seconds",
            "first_token_p99_seconds",
            .. UsageErrorNames.All.Select(static one => $"errors_{System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Name)}"),
            "cost",
        ]
    );

    public void WriteHead() => Write(Head);

    public void Write(UsagePage page)
    {
        foreach (var bucket in page.Buckets)
        {
            foreach (var row in bucket.Rows)
            {
                Write(Line(bucket, row));
            }
        }
    }

    private void Write(string line)
    {
        Encoding.UTF8.GetBytes(line, destination);
        destination.Write("\r\n"u8);
    }

    private string Line(UsageBucket bucket, UsageRow row)
    {
        var figures = row.Figures;
        return string.Join(
            ',',
            [
                Time(bucket.Start),
                Time(bucket.End),
                Name(row.ClientKeyId),
                Name(row.Model),
                Name(row.Account),
                .. new[]
                {
                    figures.Requests,
                    figures.Cancelled,
                    figures.Estimated,
                    figures.TotalErrors,
                    figures.Calls,
                    figures.FailedCalls,
                    figures.PromptTokens,
                    figures.CompletionTokens,
                    figures.CachedTokens,
                }.Select(Number),
                .. Quantiles(figures.Latency),
                .. Quantiles(figures.TimeToFirstToken),
                .. UsageErrorNames.All.Select(one => Number(one.Class < figures.Errors.Length ? figures.Errors[one.Class] : 0)),
                UsageCost.Of(row, models)?.ToString(CultureInfo.InvariantCulture) ?? "",
            ]
        );
    }

    private static IEnumerable<string> Quantiles(DurationHistogram durations) =>
        Shares.Select(share =>
            durations.Quantile(share) is { } seconds && double.IsFinite(seconds)
                ? seconds.ToString("0.####", CultureInfo.InvariantCulture)
                : ""
        );

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Name(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "";
        }

        var safe = name[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + name : name;
        return safe.AsSpan().ContainsAny(',', '"', '\n') || safe.Contains('\r', StringComparison.Ordinal)
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }
}
