using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary><see cref="OpenAiOptions"/> in the form that calls need, made once.</summary>
internal sealed class OpenAiLimits(OpenAiOptions options)
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
