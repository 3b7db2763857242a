using System.Diagnostics.Metrics;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>What calls to OpenAI-compatible servers measure. No label holds an account, a model or a text.</summary>
internal sealed class OpenAiInstruments
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _resent;

    public OpenAiInstruments(IMeterFactory meters)
    {
        var meter = meters.Create("FlowGpt.OpenAi");
        _requests = meter.CreateCounter<long>("flowgpt.openai.requests", "{request}", "Requests sent upstream, by pool and operation");
        _failures = meter.CreateCounter<long>("flowgpt.openai.failures", "{failure}", "Failed upstream calls, by pool, reason and class");
        _resent = meter.CreateCounter<long>(
            "flowgpt.openai.resent",
            "{request}",
            "Requests sent again because their idle connection had died, by pool"
        );
    }

    public void Requested(string pool, string operation) => _requests.Add(1, new("pool", pool), new("operation", operation));

    public void Resent(string pool) => _resent.Add(1, new KeyValuePair<string, object?>("pool", pool));

    public void Failed(string pool, UpstreamFailure failure) =>
        _failures.Add(1, new("pool", pool), new("reason", failure.Reason), new("class", failure.Class));
}
