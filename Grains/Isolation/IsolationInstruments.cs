using System.Diagnostics.Metrics;

namespace FlowGpt.Grains.Isolation;

/// <summary>Whether this silo is cut off. Thread-safe.</summary>
internal sealed class IsolationInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "FlowGpt.Isolation";

    private volatile int _isolated;

    public IsolationInstruments(IMeterFactory meters) =>
        meters
            .Create(MeterName)
            .CreateObservableGauge(
                "flowgpt.silo.isolated",
                () => _isolated,
                unit: null,
                "1 while this silo has lost contact with its cluster and does nothing, else 0."
            );

    public void Show(bool isLost) => _isolated = isLost ? 1 : 0;
}
