using FlowGpt.Grains.Interfaces.Models;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Models;

/// <summary>
/// This frontend's copy of the model list. One call at a time refreshes it; while the cluster does not answer the old
/// copy is still used, since a model list changes far more seldom than a silo restarts.
/// </summary>
internal sealed partial class ModelCatalogCache : IDisposable
{
    /// <summary>How long a request waits for a new list while there is an old one.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>Requests for unknown models cause at most one call in this time.</summary>
    private static readonly TimeSpan MissEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a request for an unknown model, or for a list that is empty, waits until providers have been asked for the first time.</summary>
    private static readonly TimeSpan LongestDiscovery = TimeSpan.FromSeconds(5);

    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelCatalogCache> _logger;
    private readonly TimeSpan _keepFor;
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile Copy? _copy;
    private volatile Task? _discovering;
    private volatile bool _isDiscovered;

    public ModelCatalogCache(IGrainFactory grains, TimeProvider time, IOptions<FrontendOptions> options, ILogger<ModelCatalogCache> logger)
    {
        _grains = grains;
        _time = time;
        _logger = logger;
        _keepFor = options.Value.ModelCacheFor;
    }

    /// <summary>The list, no older than the cache time if the cluster answers in a second; null if it never has.</summary>
    public ValueTask<CachedCatalog?> GetAsync(CancellationToken cancellationToken) =>
        _copy is { } copy && IsFresh(copy) ? new ValueTask<CachedCatalog?>(copy.Catalog) : RefreshAsync(cancellationToken);

    /// <summary>
    /// The list for a request that names a model. Where the copy lacks the model, which may just have been added or found at its provider, the cluster is asked again;
    /// soon after a start the request waits, 5 s at most, until every provider has been asked once.
    /// </summary>
    public async ValueTask<CachedCatalog?> GetWithAsync(string id, CancellationToken cancellationToken)
    {
        var catalog = await GetAsync(cancellationToken);
        if (catalog is null || catalog.Find(id) is not null)
        {
            return catalog;
        }

        if (!_isDiscovered)
        {
            return await GetDiscoveredAsync(cancellationToken);
        }

        if (_copy is { } copy && _time.GetElapsedTime(copy.ReadAt) >= MissEvery)
        {
            Forget();
        }

        return await GetAsync(cancellationToken);
    }

    /// <summary>
    /// The list for a request that shows it. Soon after a start, where no model is configured, the request waits, 5 s at most, until every provider has been asked once:
    /// an empty list would say that nothing is offered.
    /// </summary>
    public async ValueTask<CachedCatalog?> GetListAsync(CancellationToken cancellationToken)
    {
        var catalog = await GetAsync(cancellationToken);
        return catalog is { Models.IsEmpty: true } && !_isDiscovered ? await GetDiscoveredAsync(cancellationToken) : catalog;
    }

    /// <summary>Has the next reader ask the cluster; the copy is still used should it not answer.</summary>
    public void Forget() =>
        _copy = _copy is { } copy
            ? copy with
            {
                ReadAt = _time.GetTimestamp() - (long)(_keepFor.TotalSeconds * _time.TimestampFrequency),
            }
            : null;

    public void Dispose() => _refreshing.Dispose();

    private async ValueTask<CachedCatalog?> GetDiscoveredAsync(CancellationToken cancellationToken)
    {
        await (_discovering ??= ReadDiscoveredAsync())
            .WaitAsync(LongestDiscovery, _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _copy?.Catalog;
    }

    private bool IsFresh(Copy copy) => _time.GetElapsedTime(copy.ReadAt) < _keepFor;

    private async ValueTask<CachedCatalog?> RefreshAsync(CancellationToken cancellationToken)
    {
        if (!await _refreshing.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            if (_copy is { } old)
            {
                return old.Catalog;
            }

            await _refreshing.WaitAsync(cancellationToken);
        }

        var refresh = ReadAsync();
        if (_copy is null || refresh.IsCompleted)
        {
            await refresh;
        }
        else
        {
            // Its silo may be dying, and requests need not wait until that is known.
            await refresh.WaitAsync(LongestWait, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return _copy?.Catalog;
    }

    /// <summary>Asks the cluster, then lets others do so.</summary>
    private async Task ReadAsync()
    {
        try
        {
            if (_copy is { } copy && IsFresh(copy))
            {
                return;
            }

            var catalog = await _grains.GetGrain<IModelCatalogGrain>(IModelCatalogGrain.Key).Get();
            _copy = new Copy(new CachedCatalog(catalog), _time.GetTimestamp());
        }
        catch (Exception exception)
        {
            LogRefreshFailed(exception, _copy is not null);
            _copy = _copy is { } stale ? stale with { ReadAt = _time.GetTimestamp() } : null;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Reads the list once every provider has been asked.</summary>
    private async Task ReadDiscoveredAsync()
    {
        try
        {
            var catalog = await _grains.GetGrain<IModelCatalogGrain>(IModelCatalogGrain.Key).GetOnceAsked();
            _copy = new Copy(new CachedCatalog(catalog), _time.GetTimestamp());
            _isDiscovered = true;
        }
        catch (Exception exception)
        {
            LogRefreshFailed(exception, _copy is not null);
            // The next miss asks again.
            _discovering = null;
        }
    }

    private sealed record Copy(CachedCatalog Catalog, long ReadAt);
}
