using System.Net.Sockets;
using FlowGpt.Grains.Cluster;

namespace FlowGpt.Grains.Isolation;

/// <summary>Asks by the silo's control service; of a silo that does not answer it finds out whether the silo's process has ended.</summary>
internal sealed class PeerProbe(SiloControlClient silos, ILocalSiloDetails local, TimeProvider time) : IPeerProbe
{
    public async Task<PeerState> Ask(SiloAddress silo, TimeSpan within)
    {
        try
        {
            var takesForAlive = await silos.TakesForAlive(silo, local.SiloAddress).AsTask().WaitAsync(within, time);
            return takesForAlive ? PeerState.TakesForAlive : PeerState.TakesForDead;
        }
#pragma warning disable CA1031 // Any exception of a call to a silo in trouble: the silo has not answered.
        catch (Exception)
#pragma warning restore CA1031
        {
            return await Refuses(silo, within) ? PeerState.Gone : PeerState.Silent;
        }
    }

    private async Task<bool> Refuses(SiloAddress silo, TimeSpan within)
    {
        using var socket = new Socket(silo.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var limit = new CancellationTokenSource(within, time);
            await socket.ConnectAsync(silo.Endpoint, limit.Token);
            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
