using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>How connections to the backend are made, pooled and closed.</summary>
internal static class FlowGptConnections
{
    public static HttpMessageInvoker Create(FlowGptSettings settings, TimeProvider time) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.None,
                // A stand-in on this machine is never behind the proxy that leads outside.
                UseProxy = !settings.ChatUri.IsLoopback,
                MaxConnectionsPerServer = settings.MaxConnections,
                PooledConnectionLifetime = settings.ConnectionLifetime,
                // Covers TLS, which comes after the callback; it runs on the system's clock.
                ConnectTimeout = settings.ConnectTimeout,
                ConnectCallback = (context, cancellationToken) =>
                    ConnectAsync(context.DnsEndPoint, settings.ConnectTimeout, time, cancellationToken),
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
