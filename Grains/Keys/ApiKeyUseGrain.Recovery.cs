namespace FlowGpt.Grains.Keys;

/// <summary>Which silo runs which requests: asked of every silo before the first request is admitted on a limit of concurrent requests, since storage does not have that.</summary>
internal sealed partial class ApiKeyUseGrain
{
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReportPause = TimeSpan.FromMilliseconds(250);

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
            return;
        }

        var members = _membership.CurrentSnapshot;
        foreach (var holder in _meter.Running.Select(static running => running.Holder).Distinct().ToArray())
        {
            if (SiloAddressOf(holder) is { } silo && members.GetSiloStatus(silo) == SiloStatus.Dead)
            {
                LogHolderDied(Id, holder);
                _meter.HolderDied(holder);
            }
        }
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
