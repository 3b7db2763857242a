namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPoolGrain
{
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReportPause = TimeSpan.FromMilliseconds(250);

    private Task _recovery = Task.CompletedTask;

    /// <summary>
    /// Asks every silo which leases it holds, so that limits of concurrent calls hold across the pool's move. A silo that does not answer
    /// is asked again until it is dead or its leases would have ended anyway.
    /// </summary>
    private async Task Recover()
    {
        var end = Now + _options.LeaseTtl;
        var silos = new List<Task>();
        foreach (var (silo, member) in _membership.CurrentSnapshot.Members)
        {
            if (MayHoldLeases(member.Status))
            {
                silos.Add(Recover(silo, end));
            }
        }

        await Task.WhenAll(silos);
        var now = Now;
        _pool.FinishRecovery(now);
        LogRecovered(_name, _pool.LeaseCount);
        Settled(now);
    }

    private async Task Recover(SiloAddress silo, DateTimeOffset end)
    {
        while (!_deactivated && Now < end && MayHoldLeases(_membership.CurrentSnapshot.GetSiloStatus(silo)))
        {
            try
            {
                var held = await _holders.Report(silo, _name).AsTask().WaitAsync(ReportTimeout, _time);
                _pool.Renew(held, Now);
                return;
            }
#pragma warning disable CA1031 // Any exception of a call to a silo in trouble: the silo is asked again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogReportFailed(exception, silo);
                await Task.Delay(ReportPause, _time);
            }
        }
    }

    private void FreeLeasesOfDeadSilos(DateTimeOffset now)
    {
        var members = _membership.CurrentSnapshot;
        foreach (var holder in _pool.Holders())
        {
            if (SiloAddressOf(holder) is { } silo && members.GetSiloStatus(silo) == SiloStatus.Dead)
            {
                _pool.SiloDied(holder, now);
            }
        }
    }

    private static bool MayHoldLeases(SiloStatus status) => status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    private static SiloAddress? SiloAddressOf(string holder)
    {
        try
        {
            return holder.Length == 0 ? null : SiloAddress.FromParsableString(holder);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
