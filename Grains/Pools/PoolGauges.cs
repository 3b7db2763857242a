namespace FlowGpt.Grains.Pools;

/// <summary>The current figures of one pool. Written by its grain, read by the metrics exporter; the values are independent of each other.</summary>
internal sealed class PoolGauges
{
    private int _queued;
    private int _leases;
    private int _breaker;

    public int Queued => Volatile.Read(ref _queued);

    public int Leases => Volatile.Read(ref _leases);

    public int Breaker => Volatile.Read(ref _breaker);

    public void Show(TokenPool pool)
    {
        Volatile.Write(ref _queued, pool.Queued);
        Volatile.Write(ref _leases, pool.LeaseCount);
        Volatile.Write(ref _breaker, (int)pool.Breaker);
    }
}
