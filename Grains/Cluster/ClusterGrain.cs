using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Cluster;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Cluster;

/// <summary>Puts together what membership knows and what each silo says.</summary>
[GrainType("cluster"), StatelessWorker(1), Reentrant]
internal sealed partial class ClusterGrain(SiloControlClient silos, TimeProvider time, ILogger<ClusterGrain> logger) : Grain, IClusterGrain
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);

    /// <summary>Membership remembers the dead for days; operators want to see the latest.</summary>
    private static readonly TimeSpan DeadShownFor = TimeSpan.FromHours(1);

    private IManagementGrain Management => GrainFactory.GetGrain<IManagementGrain>(0);

    public async ValueTask<ImmutableArray<SiloOverview>> GetSilos()
    {
        var shownSince = time.GetUtcNow().UtcDateTime - DeadShownFor;
        var members = (await Management.GetDetailedHosts(onlyActive: false)).Where(member =>
            member.Status != SiloStatus.Dead || member.IAmAliveTime > shownSince
        );
        return [.. await Task.WhenAll(InOrder(members).Select(Overview))];
    }

    public async ValueTask<ImmutableArray<SiloConfiguration>> GetSettings()
    {
        var members = (await Management.GetDetailedHosts(onlyActive: false)).Where(IsThere);
        return [.. await Task.WhenAll(InOrder(members).Select(Configuration))];
    }

    public async ValueTask<DrainResult> Drain(string silo, bool on)
    {
        var active = await Management.GetDetailedHosts(onlyActive: true);
        var chosen = active.FirstOrDefault(member => member.SiloAddress.ToParsableString() == silo || member.SiloName == silo);
        if (chosen is null)
        {
            return DrainResult.NotFound;
        }

        if (on && !await AnyTakesTurns(active.Where(member => !member.SiloAddress.Equals(chosen.SiloAddress))))
        {
            return DrainResult.LastOne;
        }

        await silos.Drain(chosen.SiloAddress, on);
        LogDrain(chosen.SiloAddress, on);
        return DrainResult.Done;
    }

    private async Task<bool> AnyTakesTurns(IEnumerable<MembershipEntry> members)
    {
        var reports = await Task.WhenAll(members.Select(member => Ask(() => silos.Report(member.SiloAddress).AsTask())));
        return reports.Any(static report => report is { IsDraining: false });
    }

    private async Task<SiloOverview> Overview(MembershipEntry member)
    {
        var isThere = IsThere(member);
        var report = isThere ? Ask(() => silos.Report(member.SiloAddress).AsTask()) : Task.FromResult<SiloReport?>(null);
        var statistics = isThere
            ? Ask(() => Management.GetRuntimeStatistics([member.SiloAddress]))
            : Task.FromResult<SiloRuntimeStatistics[]?>(null);
        var runtime = await statistics is [var only] ? only : null;
        return new(
            member.SiloAddress.ToParsableString(),
            member.SiloName,
            member.Status.ToString(),
            new DateTimeOffset(DateTime.SpecifyKind(member.StartTime, DateTimeKind.Utc)),
            await report,
            runtime?.ActivationCount,
            runtime?.EnvironmentStatistics.FilteredCpuUsagePercentage,
            runtime?.EnvironmentStatistics.FilteredMemoryUsageBytes
        );
    }

    private async Task<SiloConfiguration> Configuration(MembershipEntry member) =>
        new(member.SiloAddress.ToParsableString(), member.SiloName, await Ask(() => silos.ReadSettings(member.SiloAddress).AsTask()));

    private static bool IsThere(MembershipEntry member) =>
        member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    private static IEnumerable<MembershipEntry> InOrder(IEnumerable<MembershipEntry> members) =>
        members.OrderBy(static member => member.SiloName, StringComparer.Ordinal).ThenBy(static member => member.StartTime);

    /// <summary>One silo in trouble must not hide the others.</summary>
    private async Task<T?> Ask<T>(Func<Task<T>> ask)
        where T : class?
    {
        try
        {
            return await ask().WaitAsync(AnswerWithin, time);
        }
#pragma warning disable CA1031 // Any exception of a call to a silo in trouble: the silo has not answered.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNoAnswer(exception);
            return null;
        }
    }

    [LoggerMessage(EventId = 2601, Level = LogLevel.Information, Message = "Silo {Silo} was told to drain: {On}")]
    private partial void LogDrain(SiloAddress silo, bool on);

    [LoggerMessage(EventId = 2602, Level = LogLevel.Debug, Message = "A silo did not say how it is")]
    private partial void LogNoAnswer(Exception exception);
}
