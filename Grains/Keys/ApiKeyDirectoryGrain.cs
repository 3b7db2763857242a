using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Grains.Keys;

/// <summary>Keeps the list. A write that fails leaves nobody knowing what is stored, so the activation ends with it.</summary>
[GrainType("api-key-directory")]
internal sealed class ApiKeyDirectoryGrain([PersistentState("api-key-directory")] IPersistentState<ApiKeyDirectoryState> stored)
    : Grain,
        IApiKeyDirectoryGrain
{
    private ImmutableArray<string> _ids = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _ids = [.. stored.State.Ids];
        return Task.CompletedTask;
    }

    public async ValueTask<bool> Add(string id)
    {
        if (_ids.Contains(id))
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
        return true;
    }

    public ValueTask<ImmutableArray<string>> List() => new(_ids);
}
