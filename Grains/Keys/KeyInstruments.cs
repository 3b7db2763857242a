using System.Diagnostics.Metrics;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Grains.Keys;

/// <summary>What keys' limits do on this silo. No label holds a key: there may be any number of them.</summary>
internal sealed class KeyInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "FlowGpt.Keys";

    // By value, since their text would be made again for every request.
    private static readonly string[] Reasons =
    [
        .. Enum.GetValues<KeyRefusal>().Select(static reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())),
    ];

    private readonly Counter<long> _admissions;
    private readonly Counter<long> _settleFailures;

    public KeyInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _admissions = meter.CreateCounter<long>(
            "flowgpt.keys.admissions",
            "{request}",
            "Requests of keys with limits, by result: granted, or the limit that refused them."
        );
        meter.CreateObservableGauge(
            "flowgpt.keys.reservations",
            () => Reservations(),
            "{request}",
            "Requests in flight that hold some of their key's limits."
        );
        _settleFailures = meter.CreateCounter<long>(
            "flowgpt.keys.settle.failures",
            "{attempt}",
            "Attempts to tell a key what a request used that failed; they are repeated."
        );
    }

    /// <summary>Counts the requests in flight that hold something.</summary>
    public Func<int> Reservations { get; set; } = static () => 0;

    public void Granted() => _admissions.Add(1, new KeyValuePair<string, object?>("result", "granted"));

    public void Refused(KeyRefusal reason) => _admissions.Add(1, new KeyValuePair<string, object?>("result", Reasons[(int)reason]));

    public void SettleFailed() => _settleFailures.Add(1);
}
