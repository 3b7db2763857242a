using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Timing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Isolation;

/// <summary>
/// Watches this silo's contact with its cluster, and ends its work as soon as contact is lost: the connections to the upstream are closed before another silo
/// gets their places. Asks the store of the table of silos; the other silos only when that does not answer.
/// </summary>
internal sealed partial class ContactWatch : BackgroundService
{
    private readonly SiloContact _contact;
    private readonly ITableProbe _table;
    private readonly IPeerProbe _peers;
    private readonly IClusterMembershipService _membership;
    private readonly ILocalSiloDetails _local;
    private readonly IRunningResponses _responses;
    private readonly IsolationInstruments _instruments;
    private readonly ClusterTiming _timing;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private bool _wasLost;

    public ContactWatch(
        SiloContact contact,
        ITableProbe table,
        IPeerProbe peers,
        IClusterMembershipService membership,
        ILocalSiloDetails local,
        IRunningResponses responses,
        IsolationInstruments instruments,
        ClusterTiming timing,
        TimeProvider time,
        ILogger<ContactWatch> logger
    )
    {
        _contact = contact;
        _table = table;
        _peers = peers;
        _membership = membership;
        _local = local;
        _responses = responses;
        _instruments = instruments;
        _timing = timing;
        _time = time;
        _logger = logger;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_timing.Watch, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Look();
        }
    }

    /// <summary>Asks once, and acts on what is known then.</summary>
    internal async Task Look()
    {
        var snapshot = _membership.CurrentSnapshot;
        var own = snapshot.GetSiloStatus(_local.SiloAddress);
        if (own is not (SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping or SiloStatus.Dead))
        {
            // Not a member yet.
            return;
        }

        if (!_contact.IsWatched)
        {
            _contact.Watch(new IsolationRule(_timing.Fence, _timing.LongestSilence, 2 * _timing.Watch));
        }

        if (own == SiloStatus.Dead)
        {
            _contact.TableSays(TableState.Dead, default);
        }

        var others = snapshot
            .Members.Values.Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(_local.SiloAddress))
            .ToDictionary(static member => member.SiloAddress.ToParsableString(), static member => member.SiloAddress);
        var (asked, tableSilence) = _contact.Tick(others.Keys);
        var answer = AskTable(asked);
        if (tableSilence > _timing.Watch * 1.5)
        {
            foreach (var (name, silo) in others)
            {
                _ = AskPeer(name, silo, asked);
            }
        }

        // A process that was just woken is given this moment to hear that it is still a member.
        await answer.WaitAsync(_timing.Watch / 2, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Judge();
    }

    private void Judge()
    {
        var isLost = _contact.IsLost;
        if (isLost)
        {
            if (!_wasLost)
            {
                LogLost(_responses.Count);
            }

            _responses.StopForLostContact();
        }
        else if (_wasLost)
        {
            LogFound();
        }

        _wasLost = isLost;
        _instruments.Show(isLost);
    }

    private async Task AskTable(Moment asked)
    {
        try
        {
            _contact.TableSays(await _table.Ask(), asked);
        }
#pragma warning disable CA1031 // Any exception of the store: it has not answered; other code reports that.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Silence is what is judged.
        }
    }

    private async Task AskPeer(string name, SiloAddress silo, Moment asked) =>
        _contact.PeerIs(name, await _peers.Ask(silo, _timing.PeerAnswer), asked);

    [LoggerMessage(
        EventId = 2611,
        Level = LogLevel.Error,
        Message = "This silo has lost contact with its cluster, which may take it for dead: {Count} responses in flight are ended, and none begun until it is back"
    )]
    private partial void LogLost(int count);

    [LoggerMessage(EventId = 2612, Level = LogLevel.Warning, Message = "This silo is in contact with its cluster again, and goes on")]
    private partial void LogFound();
}
