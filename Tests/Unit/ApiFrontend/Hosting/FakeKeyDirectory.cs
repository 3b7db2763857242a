using System.Collections.Concurrent;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>The ids of the client keys that a test prepared.</summary>
internal sealed class FakeKeyDirectory(ConcurrentDictionary<string, FakeApiKey> keys) : IApiKeyDirectoryGrain
{
    public ValueTask<bool> Add(string id) => new(keys.TryAdd(id, new FakeApiKey()));

    public ValueTask<bool> Contains(string id) => new(keys.ContainsKey(id));

    public ValueTask<ImmutableArray<string>> List() => new([.. keys.Keys]);
}
