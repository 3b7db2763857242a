using System.Collections.Frozen;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.ApiFrontend.Models;

/// <summary>The model list as this frontend last saw it, ready for look-ups.</summary>
internal sealed class CachedCatalog
{
    private readonly FrozenDictionary<string, CachedModel> _byId;

    public CachedCatalog(ModelCatalog catalog)
    {
        IsDemo = catalog.IsDemo;
        Models = [.. catalog.Models.Select(entry => new CachedModel(entry))];
        _byId = Models.ToFrozenDictionary(model => model.Entry.Id, StringComparer.Ordinal);
        Pools = Models
            .SelectMany(static model => model.Entry.Targets)
            .Select(static target => target.Pool)
            .ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The models in configured order.</summary>
    public ImmutableArray<CachedModel> Models { get; }

    /// <summary>Names of the pools that pay for them.</summary>
    public FrozenSet<string> Pools { get; }

    /// <summary>Whether the built-in simulator answers.</summary>
    public bool IsDemo { get; }

    /// <summary>Finds a model by its exact id; null when there is none.</summary>
    public CachedModel? Find(string id) => _byId.GetValueOrDefault(id);
}
