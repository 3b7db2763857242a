using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>Limits of the connections to one provider.</summary>
/// <param name="Connect">Longest wait for a new connection, TLS included.</param>
/// <param name="Lifetime">How long a connection is used again; zero uses each connection for one request.</param>
/// <param name="Idle">How long an unused connection is kept.</param>
/// <param name="Most">Most connections at once.</param>
internal sealed record ConnectionLimits(TimeSpan Connect, TimeSpan Lifetime, TimeSpan Idle, int Most);

/// <summary>How connections to a provider are made, pooled and closed.</summary>
internal static class UpstreamConnections
{
    /// <param name="limits">Limits.</param>
    /// <param name="address">Any address of the provider.</param>
    /// <param name="time">The clock.</param>
    /// <param name="measures">Whether <see cref="ConnectionUse"/> learns of each request's connection.</param>
    public static HttpMessageInvoker Create(ConnectionLimits limits, Uri address, TimeProvider time, bool measures = false) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.None,
                // A server on this machine is never behind the proxy that leads outside.
                UseProxy = !address.IsLoopback,
                MaxConnectionsPerServer = limits.Most,
                PooledConnectionLifetime = limits.Lifetime,
                PooledConnectionIdleTimeout = limits.Idle,
                // Covers TLS, which comes after the callback; it runs on the system's clock.
                ConnectTimeout = limits.Connect,
                ConnectCallback = (context, cancellationToken) =>
                    ConnectAsync(context.DnsEndPoint, limits.Connect, time, cancellationToken),
                // Inside TLS, whose own bytes are no answer.
                PlaintextStreamFilter = measures
                    ? (context, _) => ValueTask.FromResult<Stream>(new MeasuredStream(context.PlaintextStream, time))
                    : null,
                // A reply that is dropped before its end must stop the upstream's work, not be read to its end.
                MaxResponseDrainSize = 0,
                ResponseDrainTimeout = TimeSpan.Zero,
                // Our trace ids are no business of the service.
                ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            },
            disposeHandler: true
        );

    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint endPoint,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await socket.ConnectAsync(endPoint, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception failure)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested)
            {
                throw new TimeoutException("The connection was not made in time.", failure);
            }

            throw;
        }
    }
}
