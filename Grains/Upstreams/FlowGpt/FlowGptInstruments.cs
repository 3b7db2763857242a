using System.Diagnostics.Metrics;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>What the FlowGPT client measures. No label holds an account, a model or a text.</summary>
internal sealed class FlowGptInstruments
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "FlowGpt.Upstream";

    // For a client that stands alone: one meter for any number of clients.
    private static readonly Meter FreeStanding = new(MeterName);

    private readonly Counter<long> _requests;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _skippedLines;

    public FlowGptInstruments(IMeterFactory? meters)
    {
        var meter = meters?.Create(MeterName) ?? FreeStanding;
        _requests = meter.CreateCounter<long>("flowgpt.upstream.requests", "{request}", "Requests sent upstream, by endpoint");
        _failures = meter.CreateCounter<long>("flowgpt.upstream.failures", "{failure}", "Failed upstream calls, by reason and class");
        _skippedLines = meter.CreateCounter<long>(
            "flowgpt.upstream.skipped_lines",
            "{line}",
            "Lines of replies that held no text, by kind"
        );
    }

    public void Requested(string endpoint) => _requests.Add(1, new KeyValuePair<string, object?>("endpoint", endpoint));

    public void Failed(UpstreamFailure failure) =>
        _failures.Add(
            1,
            new KeyValuePair<string, object?>("reason", failure.Reason),
            new KeyValuePair<string, object?>("class", failure.Class)
        );

    public void Skipped(NdjsonTextReader body)
    {
        Skipped("not_json", body.NotJson);
        Skipped("not_text", body.NotText);
        Skipped("not_string", body.NotString);
    }

    private void Skipped(string kind, int count)
    {
        if (count > 0)
        {
            _skippedLines.Add(count, new KeyValuePair<string, object?>("kind", kind));
        }
    }
}
