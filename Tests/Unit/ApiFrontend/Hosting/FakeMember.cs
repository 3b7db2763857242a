using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Members;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>One person's keys, in memory.</summary>
internal sealed class FakeMember : IMemberGrain
{
    private readonly List<string> _keys = [];
    private readonly HashSet<string> _ended = [];

    public ValueTask<bool> Reserve(string keyId, int most)
    {
        if (_keys.Count - _ended.Count >= most)
        {
            return new(false);
        }

        _keys.Add(keyId);
        return new(true);
    }

    public ValueTask Release(string keyId)
    {
        _ended.Add(keyId);
        return default;
    }

    public ValueTask<ImmutableArray<string>> GetKeys() => new([.. _keys]);
}
