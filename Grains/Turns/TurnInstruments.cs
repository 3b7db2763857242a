using System.Diagnostics.Metrics;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>Figures of turns on this silo. Account names are tags: operators chose them and they hold no secret.</summary>
internal sealed class TurnInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "FlowGpt.Conversations";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
    };

    // By value, since their text would be made again for every attempt.
    private static readonly string[] Reasons =
    [
        .. Enum.GetValues<FailureReason>().Select(static reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())),
    ];

    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _wait;

    public TurnInstruments(IMeterFactory meters, ResponseRegistry registry)
    {
        var meter = meters.Create(MeterName);
        _attempts = meter.CreateCounter<long>(
            "flowgpt.account.attempts",
            "{attempt}",
            "Upstream attempts that ended, by account and result."
        );
        _wait = meter.CreateHistogram("flowgpt.account.wait", "s", "Time until the pool granted an account.", tags: null, Seconds);
        meter.CreateObservableGauge("flowgpt.responses.active", () => registry.Count, "{response}", "Responses being generated.");
    }

    /// <summary>An attempt ended by itself.</summary>
    public void Succeeded(string account) => Attempted(account, "ok");

    public void Failed(string account, FailureReason reason) => Attempted(account, Reasons[(int)reason]);

    /// <summary>An attempt was given up on this side: the client left, its time was over, or the silo stops.</summary>
    public void Stopped(string account) => Attempted(account, "stopped");

    public void Granted(string pool, TimeSpan waited) => _wait.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("pool", pool));

    private void Attempted(string account, string result) =>
        _attempts.Add(1, new("account", account), new KeyValuePair<string, object?>("result", result));
}
