using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin.Live;

/// <summary>The overviews of all pools, asked for at most once in two seconds however many ask here. Thread-safe.</summary>
internal sealed class PoolWatch(AdminPools pools, IGrainFactory grains, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _reading = new(1);
    private ImmutableArray<PoolOverview> _latest = [];
    private long _readAt;
    private bool _wasRead;

    /// <summary>The overviews, by name.</summary>
    public async Task<ImmutableArray<PoolOverview>> GetAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (!_wasRead || time.GetElapsedTime(_readAt) >= FreshFor)
            {
                var names = await pools.ListAsync(cancellationToken) ?? [];
                _latest = [.. await Task.WhenAll(names.Select(name => grains.GetGrain<ITokenPoolGrain>(name).GetOverview().AsTask()))];
                (_readAt, _wasRead) = (time.GetTimestamp(), true);
            }

            return _latest;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();
}
