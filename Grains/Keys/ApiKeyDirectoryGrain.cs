using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Keys;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Storage;

namespace FlowGpt.Grains.Keys;

/// <summary>Keeps the list. After a write that failed it is not known what is stored, so the activation ends with the failure.</summary>
[GrainType("api-key-directory")]
internal sealed class ApiKeyDirectoryGrain(
    [PersistentState("api-key-directory")] IPersistentState<ApiKeyDirectoryState> stored,
    [FromKeyedServices(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)] IGrainStorage storage
) : Grain, IApiKeyDirectoryGrain
{
    private const string PageState = "api-key-directory-page";

    /// <summary>Ids of a page, and most ids in the list's own record: some 300 KB.</summary>
    internal const int PageLength = 8_000;

    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);

    // As stored: an id that is being written is in the record already, but is returned only when it is durable.
    private readonly List<string> _ids = [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        for (var page = 0; page < stored.State.Pages; page++)
        {
            if (await ReadAsync(page) is not { RecordExists: true, State: { } older })
            {
                throw new InvalidOperationException($"Page {page} of the list of client keys is missing.");
            }

            foreach (var id in older.Ids)
            {
                Note(id);
            }
        }

        foreach (var id in stored.State.Ids)
        {
            Note(id);
        }
    }

    public async ValueTask<bool> Add(string id)
    {
        if (_positions.ContainsKey(id))
        {
            return true;
        }

        var live = _ids.Count - stored.State.Revoked;
        if (live >= IApiKeyDirectoryGrain.MostKeys || _ids.Count >= IApiKeyDirectoryGrain.MostKnown)
        {
            return false;
        }

        try
        {
            while (stored.State.Ids.Count >= PageLength)
            {
                await TurnPageAsync();
            }

            stored.State.Ids.Add(id);
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

    public async ValueTask NoteRevoked(string id)
    {
        if (!_positions.ContainsKey(id))
        {
            return;
        }

        stored.State.Revoked++;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>Moves the oldest ids of the list's own record into a page. A page that a crash left there is overwritten.</summary>
    private async Task TurnPageAsync()
    {
        var number = stored.State.Pages;
        var page = await ReadAsync(number);
        page.State = new() { Ids = stored.State.Ids[..PageLength] };
        await storage.WriteStateAsync(PageState, IdOf(number), page);
        stored.State.Pages++;
        stored.State.Ids.RemoveRange(0, PageLength);
        await stored.WriteStateAsync();
    }

    private async Task<GrainState<ApiKeyDirectoryPage>> ReadAsync(int page)
    {
        var record = new GrainState<ApiKeyDirectoryPage>(new());
        await storage.ReadStateAsync(PageState, IdOf(page), record);
        return record;
    }

    private GrainId IdOf(int page) => GrainId.Create(PageState, $"{this.GetPrimaryKeyString()}/{page}");

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
