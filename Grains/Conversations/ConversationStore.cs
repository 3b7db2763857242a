using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Reads and writes a conversation: its head, and its items in pages that are written once. Pages are written before the head that names them and removed after
/// the head that no longer does, so a crash leaves at worst pages that no record names; those end with their retention. Used on the conversation's scheduler, by one
/// caller at a time.
/// </summary>
/// <param name="head">The head.</param>
/// <param name="storage">For the pages.</param>
/// <param name="key">The conversation's key.</param>
/// <param name="beforeHead">Called before each write of the head with the head as it will be written.</param>
/// <param name="retention">How long the records are kept; zero for ever.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For pages that could not be removed.</param>
internal sealed partial class ConversationStore(
    IPersistentState<ConversationState> head,
    IGrainStorage storage,
    string key,
    Func<ConversationState, Task> beforeHead,
    TimeSpan retention,
    TimeProvider time,
    ILogger logger
)
{
    private const string PageState = "conversation-page";
    private const int AtOnce = 16;

    private ImmutableArray<LoadedPage> _pages = [];
    private ImmutableArray<LoadedPage> _lead = [];

    /// <summary>The head; its <see cref="ConversationState.Items"/> are there after <see cref="LoadAsync()"/>.</summary>
    public ConversationState State => head.State;

    /// <summary>Whether storage holds the conversation.</summary>
    public bool Exists => head.RecordExists;

    /// <summary>Whether the items are in memory.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Reads the pages that are not in memory. Idempotent.</summary>
    public async Task LoadAsync()
    {
        if (IsLoaded)
        {
            return;
        }

        var known = _pages.Concat(_lead).ToDictionary(static page => page.Ref.Id, StringComparer.Ordinal);
        _lead = await LoadAsync(State.Lead, known);
        _pages = await LoadAsync(State.Pages, known);
        State.Items =
        [
            .. _lead.SelectMany(static page => page.Items),
            .. _pages.SelectMany(static page => page.Items).Skip(State.Skip),
            .. State.Tail,
        ];
        IsLoaded = true;
    }

    /// <summary>A page of the items. What is not in memory is read only as far as the page needs it.</summary>
    public async Task<ItemPage> ListAsync(ItemQuery query)
    {
        if (IsLoaded)
        {
            return ItemPages.Cut(State.Items, query);
        }

        var taken = ImmutableArray.CreateBuilder<Item>();
        var isPast = query.After is null;
        PageRef?[] places = [.. State.Lead, .. State.Pages, null];
        foreach (var place in query.IsAscending ? places : places.Reverse())
        {
            var items = await ReadAsync(place);
            foreach (var item in query.IsAscending ? items : items.Reverse())
            {
                if (!isPast)
                {
                    isPast = item.Id == query.After;
                }
                else if (taken.Count == query.Limit)
                {
                    return new(taken.DrainToImmutable(), HasMore: true);
                }
                else
                {
                    taken.Add(item);
                }
            }
        }

        return new(taken.DrainToImmutable(), HasMore: false, IsAfterUnknown: !isPast);
    }

    /// <summary>Adds items at the end; the head is to be written after this. A long conversation that is not in memory is not read for it.</summary>
    public async Task AppendAsync(ImmutableArray<Item> items)
    {
        if (IsLoaded || State.Pages.Count == 0)
        {
            await LoadAsync();
            State.Items.AddRange(items);
            return;
        }

        var plan = PagePlan.For([], 0, 0, (Item[])[.. State.Tail, .. items]);
        State.Pages.AddRange((await AddAsync(plan.New)).Select(static page => page.Ref));
        State.Tail = [.. plan.Tail];
    }

    /// <summary>The items of a page, or of the tail, that belong to the conversation.</summary>
    private async Task<IEnumerable<Item>> ReadAsync(PageRef? page) =>
        page is null ? State.Tail
        : page == State.Pages.FirstOrDefault() ? (await LoadAsync(page, [])).Items.Skip(State.Skip)
        : (await LoadAsync(page, [])).Items;

    /// <summary>Reads the head again; what is stored then is what is in memory.</summary>
    public async Task ReadAgainAsync()
    {
        await head.ReadStateAsync();
        IsLoaded = false;
        await LoadAsync();
    }

    /// <summary>Writes what has changed.</summary>
    public async Task WriteAsync()
    {
        if (!IsLoaded)
        {
            await beforeHead(State);
            await head.WriteStateAsync();
            return;
        }

        var items = State.Items.ToArray();
        var leading = Conversation.LeadingSystem(items);
        var lead = PagePlan.For(_lead, 0, 0, items.AsSpan(0, leading));
        if (!lead.Tail.IsEmpty)
        {
            // What leads is short: all of it in one page, which changes seldom.
            lead = lead with
            {
                New = lead.New.Add(lead.Tail),
                Tail = [],
            };
        }

        var body = PagePlan.For(_pages, State.Skip, State.Dropped, items.AsSpan(leading));
        var pages = body.Kept.AddRange(await AddAsync(body.New));
        var leads = lead.Kept.AddRange(await AddAsync(lead.New));
        State.Pages = [.. pages.Select(static page => page.Ref)];
        State.Lead = [.. leads.Select(static page => page.Ref)];
        (State.Skip, State.Tail, State.Dropped) = (body.Skip, [.. body.Tail], 0);
        await beforeHead(State);
        await head.WriteStateAsync();
        (_pages, _lead) = (pages, leads);
        foreach (var gone in body.Dropped.Concat(lead.Dropped))
        {
            await RemoveAsync(gone);
        }
    }

    /// <summary>Writes pages again whose records would end although the conversation is in use. The head is to be written after this.</summary>
    public async Task RenewAsync()
    {
        var due = retention == TimeSpan.Zero ? DateTimeOffset.MinValue : time.GetUtcNow() - retention / 2;
        if (IsLoaded && _pages.Concat(_lead).Any(page => page.Ref.WrittenAt < due))
        {
            var pages = await AddAsync(_pages.Select(static page => page.Items.ToImmutableArray()));
            var leads = await AddAsync(_lead.Select(static page => page.Items.ToImmutableArray()));
            var old = _pages.Concat(_lead).ToArray();
            (_pages, _lead) = (pages, leads);
            await WriteAsync();
            foreach (var page in old)
            {
                await RemoveAsync(page.Ref);
            }
        }
    }

    /// <summary>Removes the head and every page.</summary>
    public async Task ClearAsync()
    {
        var pages = State.Pages.Concat(State.Lead).ToArray();
        await head.ClearStateAsync();
        (_pages, _lead, IsLoaded) = ([], [], false);
        foreach (var page in pages)
        {
            await RemoveAsync(page);
        }
    }

    private async Task<ImmutableArray<LoadedPage>> LoadAsync(List<PageRef> pages, Dictionary<string, LoadedPage> known)
    {
        var loaded = new List<LoadedPage>(pages.Count);
        foreach (var some in pages.Chunk(AtOnce))
        {
            loaded.AddRange(await Task.WhenAll(some.Select(page => LoadAsync(page, known))));
        }

        return [.. loaded];
    }

    private async Task<LoadedPage> LoadAsync(PageRef page, Dictionary<string, LoadedPage> known)
    {
        if (known.GetValueOrDefault(page.Id) is { } there)
        {
            return there;
        }

        var records = new List<ConversationPage>(page.Chunks);
        for (var chunk = 0; chunk < page.Chunks; chunk++)
        {
            var record = new GrainState<ConversationPage>();
            await storage.ReadStateAsync(PageState, IdOf(page.Id, chunk), record);
            if (!record.RecordExists)
            {
                throw new InvalidOperationException($"A page of a conversation is missing: {page.Id}, record {chunk}.");
            }

            records.Add(record.State ?? new());
        }

        return new(page, PageRecords.Join(records));
    }

    private async Task<ImmutableArray<LoadedPage>> AddAsync(IEnumerable<ImmutableArray<Item>> pages)
    {
        var added = ImmutableArray.CreateBuilder<LoadedPage>();
        foreach (var items in pages)
        {
            var now = time.GetUtcNow();
            var records = PageRecords.Split(items);
            var page = new PageRef(Guid.CreateVersion7(now).ToString("N"), items.Length, records.Count, now, StoredSize.OfItems(items));
            for (var chunk = 0; chunk < records.Count; chunk++)
            {
                await storage.WriteStateAsync(PageState, IdOf(page.Id, chunk), new GrainState<ConversationPage>(records[chunk]));
            }

            added.Add(new(page, items));
        }

        return added.ToImmutable();
    }

    private async Task RemoveAsync(PageRef page)
    {
        try
        {
            for (var chunk = 0; chunk < page.Chunks; chunk++)
            {
                var record = new GrainState<ConversationPage>();
                await storage.ReadStateAsync(PageState, IdOf(page.Id, chunk), record);
                await storage.ClearStateAsync(PageState, IdOf(page.Id, chunk), record);
            }
        }
        catch (Exception exception)
        {
            // No record names the page any more; the page's records end with their retention.
            LogNotRemoved(exception, page.Id);
        }
    }

    private GrainId IdOf(string page, int chunk) => GrainId.Create(PageState, $"{key}/{page}/{chunk}");

    [LoggerMessage(EventId = 3010, Level = LogLevel.Warning, Message = "Page {Page} of a conversation could not be removed")]
    private partial void LogNotRemoved(Exception exception, string page);
}
