namespace FlowGpt.Grains.Cluster;

/// <summary>Whether an operator wants this silo emptied: no new turns, those in flight finish. Lasts until it is taken back or the process ends. Thread-safe.</summary>
public sealed class SiloDrain
{
    private volatile bool _isOn;

    /// <summary>Whether it is being emptied.</summary>
    public bool IsOn => _isOn;

    /// <summary>Begins or ends it.</summary>
    public void Set(bool on) => _isOn = on;
}
