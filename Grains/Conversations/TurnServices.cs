using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Models;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Conversations;

/// <summary>What every turn on this silo shares. One per silo, so that an activation holds one reference instead of ten.</summary>
internal sealed class TurnServices(
    IServiceProvider provider,
    IGrainFactory grains,
    ModelCatalogSource models,
    ILeaseKeeper leases,
    IKeyReservations keys,
    TokenCounter tokens,
    IUsageRecorder usage,
    ResponseRegistry registry,
    TurnAdmission admission,
    IOptions<ConversationOptions> options,
    ConversationInstruments instruments,
    UsageInstruments usageInstruments,
    TimeProvider time
)
{
    public IGrainFactory Grains => grains;

    public ModelCatalogSource Models => models;

    /// <summary>A model by its id; one that this silo has not heard of may just have been added.</summary>
    public ValueTask<ModelEntry?> FindModel(string id) => models.Find(id) is { } model ? new(model) : FindAddedModel(id);

    public ILeaseKeeper Leases => leases;

    public IKeyReservations Keys => keys;

    public TokenCounter Tokens => tokens;

    public IUsageRecorder Usage => usage;

    public ResponseRegistry Registry => registry;

    public TurnAdmission Admission => admission;

    public ConversationOptions Options { get; } = options.Value;

    public ConversationInstruments Instruments => instruments;

    public UsageInstruments UsageInstruments => usageInstruments;

    public TimeProvider Time => time;

    public string SiloAddress => leases.HolderSilo;

    public IUpstream Upstream(string name) => provider.GetRequiredKeyedService<IUpstream>(name);

    private async ValueTask<ModelEntry?> FindAddedModel(string id)
    {
        models.Use(await grains.GetGrain<IModelCatalogGrain>(IModelCatalogGrain.Key).GetAdded());
        return models.Find(id);
    }
}
