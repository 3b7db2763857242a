using System.Diagnostics.Metrics;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>What the calls of a provider kind measure. No label holds an account, a model or a text.</summary>
internal abstract class UpstreamInstruments
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _resent;

    /// <param name="meters">Makes the meter.</param>
    /// <param name="name">The meter's name.</param>
    /// <param name="prefix">What the names of the instruments begin with.</param>
    protected UpstreamInstruments(IMeterFactory meters, string name, string prefix)
    {
        var meter = meters.Create(name);
        _requests = meter.CreateCounter<long>(prefix + ".requests", "{request}", "Requests sent upstream, by pool and operation");
        _failures = meter.CreateCounter<long>(prefix + ".failures", "{failure}", "Failed upstream calls, by pool, reason and class");
        _resent = meter.CreateCounter<long>(
            prefix + ".resent",
            "{request}",
            "Requests sent again because their idle connection had died, by pool"
        );
    }

    public void Requested(string pool, string operation) => _requests.Add(1, new("pool", pool), new("operation", operation));

    public void Resent(string pool) => _resent.Add(1, new KeyValuePair<string, object?>("pool", pool));

    public void Failed(string pool, UpstreamFailure failure) =>
        _failures.Add(1, new("pool", pool), new("reason", failure.Reason), new("class", failure.Class));
}
