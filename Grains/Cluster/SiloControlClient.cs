using FlowGpt.Grains.Interfaces.Cluster;
using FlowGpt.Grains.Interfaces.Models;
using Orleans.Runtime.Services;

namespace FlowGpt.Grains.Cluster;

/// <summary>Calls the control service of a given silo.</summary>
internal sealed class SiloControlClient(IServiceProvider services) : GrainServiceClient<ISiloControlService>(services)
{
    public ValueTask<SiloReport> Report(SiloAddress silo) => GetGrainService(silo).Report();

    public ValueTask Drain(SiloAddress silo, bool on) => GetGrainService(silo).Drain(on);

    public ValueTask<bool> TakesForAlive(SiloAddress asked, SiloAddress silo) => GetGrainService(asked).TakesForAlive(silo);

    public ValueTask UseModels(SiloAddress silo, AddedModels models) => GetGrainService(silo).UseModels(models);

    public ValueTask<SiloSettings?> ReadSettings(SiloAddress silo) => GetGrainService(silo).ReadSettings();
}
