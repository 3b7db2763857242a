namespace FlowGpt.ApiFrontend.Health;

/// <summary>
/// Ready from the host's start to the beginning of its stop. The host can take the process out of traffic earlier with
/// <see cref="Drain"/>, so that a load balancer stops sending before the listener closes.
/// </summary>
public sealed class HostReadiness : IReadinessSource
{
    private volatile string? _notReadyBecause = "starting";

    /// <summary>Follows the host's lifetime.</summary>
    public HostReadiness(IHostApplicationLifetime lifetime)
    {
        ArgumentNullException.ThrowIfNull(lifetime);
        lifetime.ApplicationStarted.Register(() =>
            _notReadyBecause = lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : null
        );
        lifetime.ApplicationStopping.Register(() => _notReadyBecause = "stopping");
    }

    /// <inheritdoc/>
    public string Name => "host";

    /// <inheritdoc/>
    public string? NotReadyBecause => _notReadyBecause;

    /// <summary>Says "not ready" from now on. Requests are still served.</summary>
    public void Drain() => _notReadyBecause = "draining";
}
