using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Live;
using FlowGpt.Grains.Interfaces.Cluster;
using FlowGpt.Grains.Interfaces.Feed;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.ApiFrontend.Admin.Live;

/// <summary>
/// <c>GET /admin/attention</c>. Put together at most once in five seconds, from overviews and from the keys that were used recently, so that the cost does not grow
/// with accounts or keys.
/// </summary>
internal sealed class AttentionEndpoint(AdminGate gate, PoolWatch pools, IGrainFactory grains, TimeProvider time) : IDisposable
{
    private const int MostItems = 300;
    private const int MostKeys = 50;
    private const int MostRequests = 2000;
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _reading = new(1);
    private AttentionList? _latest;
    private long _readAt;

    public Task GetAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request => await AdminAnswer.WriteAsync(request, await ReadAsync(context.RequestAborted), AdminJson.Default.AttentionList)
        );

    public void Dispose() => _reading.Dispose();

    private async Task<AttentionList> ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_latest is null || time.GetElapsedTime(_readAt) >= FreshFor)
            {
                _latest = await LookAsync(cancellationToken);
                _readAt = time.GetTimestamp();
            }

            return _latest;
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<AttentionList> LookAsync(CancellationToken cancellationToken)
    {
        var overviews = await pools.GetAsync(cancellationToken);
        var silos = await grains.GetGrain<IClusterGrain>(IClusterGrain.Key).GetSilos();
        var discovered = await grains.GetGrain<IModelDiscoveryGrain>(IModelDiscoveryGrain.Key).Get();
        IEnumerable<AttentionItem> items =
        [
            .. discovered.Pools.Select(AttentionRules.Of).OfType<AttentionItem>(),
            .. overviews.SelectMany(AttentionRules.Of),
            .. silos.Select(AttentionRules.Of).OfType<AttentionItem>(),
            .. AttentionRules.OfAccountsFiles(silos),
            .. await LookAtKeysAsync(),
        ];
        return new(time.GetUtcNow(), [.. items.OrderByDescending(static item => item.IsProblem).Take(MostItems)]);
    }

    private async Task<IEnumerable<AttentionItem>> LookAtKeysAsync()
    {
        var latest = await grains.GetGrain<IFeedGrain>(IFeedGrain.Key).GetRequests(new() { Limit = MostRequests });
        var ids = latest
            .Requests.Select(static one => one.KeyId)
            .OfType<string>()
            .Distinct()
            .Where(id => ApiKeyToken.IsId(id))
            .Take(MostKeys);
        var found = await Task.WhenAll(ids.Select(LookAtKeyAsync));
        return found.SelectMany(static items => items);
    }

    private async Task<IEnumerable<AttentionItem>> LookAtKeyAsync(string id)
    {
        var key = await grains.GetGrain<IApiKeyGrain>(id).Get();
        return key is null || key.Settings.Limits.AreNone
            ? []
            : AttentionRules.Of(key, await grains.GetGrain<IApiKeyUseGrain>(id).GetUse());
    }
}
