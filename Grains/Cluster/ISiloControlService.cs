using FlowGpt.Grains.Interfaces.Cluster;
using FlowGpt.Grains.Interfaces.Models;
using Orleans.Services;

namespace FlowGpt.Grains.Cluster;

/// <summary>What each silo reports to operators and does for them.</summary>
[Alias("flowgpt.ISiloControlService")]
internal interface ISiloControlService : IGrainService
{
    /// <summary>How this silo is.</summary>
    [Alias("report")]
    ValueTask<SiloReport> Report();

    /// <summary>Begins or ends draining. Idempotent.</summary>
    [Alias("drain")]
    ValueTask Drain(bool on);

    /// <summary>Whether another silo is a living member, by this silo's present knowledge.</summary>
    [Alias("takes-for-alive")]
    ValueTask<bool> TakesForAlive(SiloAddress silo);

    /// <summary>Takes over the added models.</summary>
    [Alias("use-models")]
    ValueTask UseModels(AddedModels models);

    /// <summary>The settings of this silo; null when no source is registered.</summary>
    [Alias("settings")]
    ValueTask<SiloSettings?> ReadSettings();
}
