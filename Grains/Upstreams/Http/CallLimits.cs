namespace FlowGpt.Grains.Upstreams.Http;

/// <summary><see cref="UpstreamCallOptions"/> in the form that calls need, made once.</summary>
internal sealed class CallLimits(UpstreamCallOptions options)
{
    public ConnectionLimits Connections { get; } =
        new(
            TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
            TimeSpan.FromSeconds(options.ConnectionLifetimeSeconds),
            TimeSpan.FromSeconds(options.IdleConnectionSeconds),
            options.MaxConnections
        );

    public TimeSpan FirstByte { get; } = TimeSpan.FromSeconds(options.FirstByteTimeoutSeconds);
    public TimeSpan BetweenBytes { get; } = TimeSpan.FromSeconds(options.BetweenBytesTimeoutSeconds);
    public TimeSpan Total { get; } = TimeSpan.FromSeconds(options.TotalTimeoutSeconds);
    public int MaxEventBytes { get; } = options.MaxEventBytes;
    public int MaxBodyBytes { get; } = options.MaxBodyBytes;
}
