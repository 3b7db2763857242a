using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace FlowGpt.Grains.Pools.Pages;

/// <summary>
/// Reads and writes what a pool keeps: its record, and pages of its accounts where these do not fit into the record. Pages are written once, before the
/// record that names them, and removed after the record that no longer does. Used on the pool's scheduler, one write at a time.
/// </summary>
/// <param name="head">The pool's record; what conflicts there is another activation.</param>
/// <param name="storage">Where pages are.</param>
/// <param name="pool">The pool's name.</param>
/// <param name="run">Different for every activation.</param>
/// <param name="logger">Logs pages that could not be removed.</param>
internal sealed partial class PoolStore(IPersistentState<PoolRecord> head, IGrainStorage storage, string pool, string run, ILogger logger)
{
    private const string PageState = "pool-page";
    private const int AtOnce = 16;

    private readonly PoolPages _pages = new(run);

    /// <summary>Whether the pool has a record.</summary>
    public bool Exists => head.RecordExists;

    /// <summary>The record with all accounts.</summary>
    public async Task<PoolRecord> LoadAsync()
    {
        var pages = new List<PoolPage>();
        foreach (var some in (head.State.Pages.IsDefault ? [] : head.State.Pages).Chunk(AtOnce))
        {
            pages.AddRange(await Task.WhenAll(some.Select(ReadAsync)));
        }

        var record = _pages.Join(head.State, pages);
        await RemoveUnnamedAsync(head.State.NextPage);
        return record;
    }

    /// <summary>Writes what of a record is new.</summary>
    public async Task WriteAsync(PoolRecord record)
    {
        var write = _pages.Plan(record);
        _pages.Begun(write);
        foreach (var some in write.Added.Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(one => storage.WriteStateAsync(PageState, IdOf(one.Id), new GrainState<PoolPage>(one.Page))));
        }

        head.State = write.Head;
        await head.WriteStateAsync();
        _pages.Done(write);
        foreach (var gone in write.Gone)
        {
            await RemoveAsync(gone);
        }
    }

    /// <summary>Writes a record whose predecessor was lost.</summary>
    public Task WriteAnewAsync(PoolRecord record)
    {
        _pages.Forget();
        return WriteAsync(record);
    }

    /// <summary>Reads the pool's own record again.</summary>
    public Task ReadAgainAsync() => head.ReadStateAsync();

    private async Task<PoolPage> ReadAsync(string id)
    {
        var record = new GrainState<PoolPage>();
        await storage.ReadStateAsync(PageState, IdOf(id), record);
        return record is { RecordExists: true, State: { } page }
            ? page
            : throw new InvalidOperationException($"A page of pool {pool} is missing: {id}. What its accounts have used is not known.");
    }

    /// <summary>Pages of a write whose record was never written: they follow the last page that a record named.</summary>
    private async Task RemoveUnnamedAsync(string? id)
    {
        while (id is not null && await RemoveAsync(id))
        {
            var dash = id.LastIndexOf('-');
            id = int.TryParse(id.AsSpan(dash + 1), out var number) ? $"{id[..dash]}-{number + 1}" : null;
        }
    }

    private async Task<bool> RemoveAsync(string id)
    {
        try
        {
            var record = new GrainState<PoolPage>();
            await storage.ReadStateAsync(PageState, IdOf(id), record);
            if (record.RecordExists)
            {
                await storage.ClearStateAsync(PageState, IdOf(id), record);
            }

            return record.RecordExists;
        }
#pragma warning disable CA1031 // Any exception of storage: no record names the page any more, so a page that stays costs only its space.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotRemoved(exception, id, pool);
            return false;
        }
    }

    private GrainId IdOf(string id) => GrainId.Create(PageState, $"{pool}/{id}");

    [LoggerMessage(EventId = 2023, Level = LogLevel.Warning, Message = "Page {Page} of pool {Pool} could not be removed")]
    private partial void LogNotRemoved(Exception exception, string page, string pool);
}
