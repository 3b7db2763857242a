using FlowGpt.Grains.Timing;

namespace FlowGpt.Grains.Keys;

/// <summary>Which silo runs which requests: asked of every silo before the first request is admitted on a limit of concurrent requests, since storage does not have that.</summary>
internal sealed partial class ApiKeyUseGrain
{
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReportPause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A process that the cluster does not know for so long is gone: one that has just joined is known by then. A request that is ended too early costs its key only what it held.
    /// </summary>
    private static readonly TimeSpan UnknownFor = new ClusterTiming().DeadAfter;

    private readonly Dictionary<string, long> _unknownSince = new(StringComparer.Ordinal);
    private Task? _recovery;

    private string Id => this.GetPrimaryKeyString();

    private async ValueTask<bool> IsRecovered()
    {
        _recovery ??= Recover();
        if (!_recovery.IsCompleted)
        {
            await _recovery
                .WaitAsync(LongestWait, _time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        return _recovery.IsCompleted;
    }

    private async Task Recover()
    {
        var silos = _membership.CurrentSnapshot.Members.Values.Where(static member => Runs(member.Status));
        await Task.WhenAll(silos.Select(member => Ask(member.SiloAddress)));
    }

    /// <summary>Asks until it answers or is dead, and with it all that it ran.</summary>
    private async Task Ask(SiloAddress silo)
    {
        while (!_closed && Runs(_membership.CurrentSnapshot.GetSiloStatus(silo)))
        {
            try
            {
                var running = await _silos.Report(silo, Id).AsTask().WaitAsync(ReportTimeout, _time);
                var now = Now;
                foreach (var reservation in running)
                {
                    _meter.TakeOver(reservation, now);
                }

                return;
            }
#pragma warning disable CA1031 // Any exception of a call to a silo in trouble: the silo is asked again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogReportFailed(exception, silo, Id);
                await Task.Delay(ReportPause, _time);
            }
        }
    }

    private void EndRequestsOfDeadSilos()
    {
        if (_meter.Running.Count == 0)
        {
            _unknownSince.Clear();
            return;
        }

        var members = _membership.CurrentSnapshot;
        var holders = _meter.Running.Select(static running => running.Holder).ToHashSet(StringComparer.Ordinal);
        foreach (var unknown in _unknownSince.Keys.Where(unknown => !holders.Contains(unknown)))
        {
            _unknownSince.Remove(unknown);
        }

        foreach (var holder in holders)
        {
            if (SiloAddressOf(holder) is { } silo && IsGone(holder, members.GetSiloStatus(silo)))
            {
                _unknownSince.Remove(holder);
                LogHolderDied(Id, holder);
                _meter.HolderDied(holder);
            }
        }
    }

    /// <summary>Whether a process is dead; one without a cluster is not even known to the process that was started after it.</summary>
    private bool IsGone(string holder, SiloStatus status)
    {
        if (status != SiloStatus.None)
        {
            _unknownSince.Remove(holder);
            return status == SiloStatus.Dead;
        }

        if (!_unknownSince.TryGetValue(holder, out var since))
        {
            _unknownSince[holder] = _time.GetTimestamp();
            return false;
        }

        return _time.GetElapsedTime(since) >= UnknownFor;
    }

    private static bool Runs(SiloStatus status) => status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

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
