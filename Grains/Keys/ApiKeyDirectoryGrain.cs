using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Grains.Keys;

/// <summary>Keeps the list. A write that fails leaves nobody knowing what is stored, so the activation ends with it.</summary>
[GrainType("api-key-directory")]
internal sealed class ApiKeyDirectoryGrain([PersistentState("api-key-directory")] IPersistentState<ApiKeyDirectoryState> stored)
    : Grain,
        IApiKeyDirectoryGrain
{
    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);

    // As stored: an id that is being written is in the record already, and told of only when it is durable.
    private readonly List<string> _ids = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var id in stored.State.Ids)
        {
            Note(id);
        }

        return Task.CompletedTask;
    }

    public async ValueTask<bool> Add(string id)
    {
        if (_positions.ContainsKey(id))
        {
            return true;
        }

        if (_ids.Count >= IApiKeyDirectoryGrain.MostKeys)
        {
            return false;
        }

        stored.State.Ids.Add(id);
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        Note(id);
        return true;
    }

    public ValueTask<bool> Contains(string id) => new(_positions.ContainsKey(id));

    public ValueTask<ImmutableArray<string>> List() => new([.. _ids]);

    public ValueTask<KeyIdPage> GetPage(string? after, int limit, bool newestFirst)
    {
        var known = after is not null && _positions.ContainsKey(after);
        var from =
            known ? _positions[after!] + (newestFirst ? -1 : 1)
            : newestFirst ? _ids.Count - 1
            : 0;
        var left = newestFirst ? from + 1 : _ids.Count - from;
        var count = Math.Clamp(left, 0, limit);
        var page = ImmutableArray.CreateBuilder<string>(count);
        for (var i = 0; i < count; i++)
        {
            page.Add(_ids[newestFirst ? from - i : from + i]);
        }

        return new(new KeyIdPage(page.MoveToImmutable(), left > count, _ids.Count));
    }

    private void Note(string id)
    {
        if (_positions.TryAdd(id, _ids.Count))
        {
            _ids.Add(id);
        }
    }
}
