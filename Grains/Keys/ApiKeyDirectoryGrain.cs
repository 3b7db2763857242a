using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Grains.Keys;

/// <summary>Keeps the list. A write that fails leaves nobody knowing what is stored, so the activation ends with it.</summary>
[GrainType("api-key-directory")]
internal sealed class ApiKeyDirectoryGrain([PersistentState("api-key-directory")] IPersistentState<ApiKeyDirectoryState> stored)
    : Grain,
        IApiKeyDirectoryGrain
{
    private readonly HashSet<string> _noted = new(StringComparer.Ordinal);
    private ImmutableArray<string> _ids = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _ids = [.. stored.State.Ids];
        _noted.UnionWith(_ids);
        return Task.CompletedTask;
    }

    public async ValueTask<bool> Add(string id)
    {
        if (_noted.Contains(id))
        {
            return true;
        }

        if (_ids.Length >= IApiKeyDirectoryGrain.MostKeys)
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

        _ids = _ids.Add(id);
        _noted.Add(id);
        return true;
    }

    public ValueTask<bool> Contains(string id) => new(_noted.Contains(id));

    public ValueTask<ImmutableArray<string>> List() => new(_ids);
}
