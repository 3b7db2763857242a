using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Usage;
using Orleans.Messaging;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>
/// Compares the client's list of silos with the list before: a silo that is missing has died. This finds the death of a silo whose connection stays open, since
/// it froze, or to which this process had none.
/// </summary>
internal sealed class GatewayWatch(IGatewayListProvider silos, IServiceProvider services, TimeProvider time) : IGatewayListProvider
{
    /// <summary>The client takes in a list after it was given to it; a call repeated sooner could go the way of the first.</summary>
    internal static readonly TimeSpan TakenInWithin = TimeSpan.FromMilliseconds(100);

    private HashSet<Uri> _known = [];

    public TimeSpan MaxStaleness => silos.MaxStaleness;

#pragma warning disable CS0618 // Obsolete, but a part of the interface.
    public bool IsUpdatable => silos.IsUpdatable;
#pragma warning restore CS0618

    /// <summary>Reports to all subscribers that a silo was lost.</summary>
    public static void Tell(IServiceProvider services)
    {
        services.GetRequiredService<SiloLosses>().Note();
        services.GetService<IUsageWitness>()?.SiloLost();
    }

    public Task InitializeGatewayListProvider() => silos.InitializeGatewayListProvider();

    public Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken = default) =>
        silos.InitializeGatewayListProviderAsync(cancellationToken);

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken = default)
    {
        var now = await silos.GetGatewaysAsync(cancellationToken);
        var before = Interlocked.Exchange(ref _known, [.. now]);
        if (!before.IsSubsetOf(now))
        {
            _ = TellSoonAsync();
        }

        return now;
    }

    private async Task TellSoonAsync()
    {
        await Task.Delay(TakenInWithin, time);
        Tell(services);
    }
}
