using System.Collections.Concurrent;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>The ids of the client keys that a test prepared.</summary>
internal sealed class FakeKeyDirectory(ConcurrentDictionary<string, FakeApiKey> keys) : IApiKeyDirectoryGrain
{
    public ValueTask<bool> Add(string id) => new(keys.TryAdd(id, new FakeApiKey()));

    public ValueTask<bool> Contains(string id) => new(keys.ContainsKey(id));

    public ValueTask NoteRevoked(string id) => default;

    public ValueTask<ImmutableArray<string>> List() => new([.. keys.Keys]);

    public ValueTask<KeyIdPage> GetPage(string? after, int limit, bool newestFirst)
    {
        string[] all = [.. newestFirst ? keys.Keys.OrderDescending(StringComparer.Ordinal) : keys.Keys.Order(StringComparer.Ordinal)];
        var rest = all[(Array.IndexOf(all, after) + 1)..];
        return new(new KeyIdPage([.. rest.Take(limit)], rest.Length > limit, all.Length));
    }
}
