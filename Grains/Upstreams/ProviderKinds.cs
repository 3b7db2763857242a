using System.Collections.Frozen;

namespace FlowGpt.Grains.Upstreams;

/// <summary>The provider kinds of this process, by name. Thread-safe.</summary>
public sealed class ProviderKinds(IEnumerable<IProviderKind> kinds)
{
    private readonly FrozenDictionary<string, IProviderKind> _kinds = kinds.ToFrozenDictionary(
        static kind => kind.Name,
        StringComparer.Ordinal
    );

    /// <summary>A kind by its name; null when unknown.</summary>
    public IProviderKind? Find(string name) => _kinds.GetValueOrDefault(name);

    /// <summary>All names, in ordinal order, for a message.</summary>
    public string Names => string.Join(", ", _kinds.Keys.Order(StringComparer.Ordinal));
}
