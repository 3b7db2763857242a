using System.Reflection;
using FlowGpt.Grains.Interfaces.Cluster;
using FlowGpt.Grains.Interfaces.Models;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Cluster;

/// <summary>Answers for this silo.</summary>
[Reentrant]
internal sealed class SiloControlService(
    GrainId id,
    Silo silo,
    ILoggerFactory loggers,
    IRunningResponses responses,
    SiloDrain drain,
    IClusterMembershipService membership,
    IAddedModelsReceiver models,
    IEnumerable<ISiloFence> fences,
    IEnumerable<IAccountsFileWatch> accounts,
    IEnumerable<ISiloSettingsSource> settings
) : GrainService(id, silo, loggers), ISiloControlService
{
    private static readonly string Version =
        typeof(SiloControlService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public ValueTask<SiloReport> Report() =>
        new(new SiloReport(Version, responses.Count, drain.IsOn, fences.FirstOrDefault()?.IsLost, accounts.FirstOrDefault()?.Status));

    public ValueTask Drain(bool on)
    {
        drain.Set(on);
        return default;
    }

    public ValueTask<bool> TakesForAlive(SiloAddress other) => new(membership.CurrentSnapshot.GetSiloStatus(other) != SiloStatus.Dead);

    public ValueTask UseModels(AddedModels added)
    {
        models.Use(added);
        return default;
    }

    public ValueTask<SiloSettings?> ReadSettings() => new(settings.FirstOrDefault()?.Read());
}
