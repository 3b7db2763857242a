using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Conversations;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Storage;

namespace FlowGpt.Grains.Conversations.Listing;

/// <summary>
/// Keeps a client's list in pages: adding a response writes its page alone, and a query reads the pages that it needs. After a write that failed it is not
/// known what is stored, so the activation ends with the failure.
/// </summary>
[GrainType("response-list")]
internal sealed class ResponseListGrain(
    [PersistentState("response-list")] IPersistentState<ResponseListState> head,
    [FromKeyedServices(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)] IGrainStorage storage
) : Grain, IResponseListGrain
{
    private const string PageState = "response-list-page";

    // The page that responses are added to; null until this activation adds a response.
    private Page? _last;

    public async ValueTask Add(ListedResponse response)
    {
        var pages = head.State.Pages;
        _last ??= pages.Count == 0 ? null : await ReadAsync(pages[^1]);
        if (_last is not null && _last.Responses.Exists(one => one.ResponseId == response.ResponseId))
        {
            return;
        }

        if (_last is null || ListMatch.IsFull(_last.Record.State!))
        {
            var number = head.State.Next++;
            pages.Add(number);
            await TryAsync(() => head.WriteStateAsync());
            _last = new(number, new GrainState<ResponseListPage>(new()));
        }

        _last.Responses.Add(response);
        await WriteAsync(_last);
    }

    public async ValueTask Change(string responseId, string metadata)
    {
        if (await FindAsync(responseId) is var (page, place))
        {
            page.Responses[place] = page.Responses[place] with { Metadata = metadata };
            await WriteAsync(page);
        }
    }

    public async ValueTask Remove(string responseId)
    {
        if (await FindAsync(responseId) is not var (page, place))
        {
            return;
        }

        page.Responses.RemoveAt(place);
        if (page.Responses.Count > 0 || page == _last)
        {
            await WriteAsync(page);
            return;
        }

        // The head first: a page that no record names ends with its retention.
        head.State.Pages.Remove(page.Number);
        await TryAsync(() => head.WriteStateAsync());
        await TryAsync(() => storage.ClearStateAsync(PageState, IdOf(page.Number), page.Record));
    }

    public async ValueTask<ListedPage> List(ListQuery query)
    {
        var found = ImmutableArray.CreateBuilder<ListedResponse>(query.Limit);
        var isPast = query.After is null;
        var numbers = query.IsAscending ? head.State.Pages : Enumerable.Reverse(head.State.Pages);
        foreach (var number in numbers)
        {
            var page = await ReadAsync(number);
            foreach (var response in query.IsAscending ? page.Responses : Enumerable.Reverse(page.Responses))
            {
                if (!isPast)
                {
                    isPast = response.ResponseId == query.After;
                }
                else if (ListMatch.IsAsked(response, query))
                {
                    if (found.Count == query.Limit)
                    {
                        return new(found.DrainToImmutable(), HasMore: true);
                    }

                    found.Add(response);
                }
            }
        }

        return new(found.DrainToImmutable(), HasMore: false, IsAfterUnknown: !isPast);
    }

    private async ValueTask<(Page Page, int Place)?> FindAsync(string responseId)
    {
        foreach (var number in Enumerable.Reverse(head.State.Pages))
        {
            var page = await ReadAsync(number);
            if (page.Responses.FindIndex(one => one.ResponseId == responseId) is >= 0 and var place)
            {
                return (page, place);
            }
        }

        return null;
    }

    private async ValueTask<Page> ReadAsync(int number)
    {
        if (_last?.Number == number)
        {
            return _last;
        }

        var record = new GrainState<ResponseListPage>();
        await storage.ReadStateAsync(PageState, IdOf(number), record);
        record.State ??= new();
        return new(number, record);
    }

    private Task WriteAsync(Page page) => TryAsync(() => storage.WriteStateAsync(PageState, IdOf(page.Number), page.Record));

    private async Task TryAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    private GrainId IdOf(int page) => GrainId.Create(PageState, $"{this.GetPrimaryKeyString()}/{page}");

    private sealed record Page(int Number, GrainState<ResponseListPage> Record)
    {
        public List<ListedResponse> Responses => Record.State!.Responses;
    }
}
