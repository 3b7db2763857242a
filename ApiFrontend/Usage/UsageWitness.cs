using System.Collections.Immutable;
using System.Threading.Channels;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>
/// The witness of a frontend that is a separate process. When a silo is killed, what it had not reported to a ledger, or had reported
/// only to a ledger in the same silo, is lost: about a second of usage. The frontend has seen how those turns ended. When a silo is lost, the frontend reports to the
/// ledgers all turns that ended at about that time, and the ledgers book what they do not have.
/// </summary>
internal sealed partial class UsageWitness : BackgroundService, IUsageWitness
{
    /// <summary>
    /// How long before its loss a silo may have kept something to itself: until a ledger's next write, which takes long where the storage or
    /// the machine is slow, or some repetitions of the delivery while a ledger cannot write.
    /// </summary>
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <summary>The pause after an alarm, in which turns that are about to end have ended, and other processes have reported theirs.</summary>
    internal static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(3);

    private const int MostRemembered = 50_000;
    private const int MostInACall = 1_000;
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Queue<(UsageEvent Usage, long At)> _ended = new();
    private readonly List<UsageEvent> _lost = [];
    private readonly Channel<bool> _alarms = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public UsageWitness(IGrainFactory grains, TimeProvider time, ILogger<UsageWitness> logger)
    {
        _grains = grains;
        _time = time;
        _logger = logger;
    }

    public void Ended(UsageEvent usage)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            while (_ended.TryPeek(out var oldest) && (_ended.Count >= MostRemembered || _time.GetElapsedTime(oldest.At, now) > Window))
            {
                _ended.Dequeue();
            }

            _ended.Enqueue((usage, now));
        }
    }

    public void Lost(UsageEvent usage)
    {
        lock (_gate)
        {
            _lost.Add(usage);
        }

        SiloLost();
    }

    public void SiloLost() => _alarms.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _alarms.Reader.ReadAllAsync(stoppingToken))
        {
            var told = Take();
            await Task.Delay(SettlesWithin, _time, stoppingToken);
            told.UnionWith(Take());
            LogTelling(told.Count);
            await Task.WhenAll(
                told.GroupBy(static usage => IUsageLedgerGrain.KeyOf(usage.ClientKeyId, usage.At))
                    .SelectMany(static ledger => ledger.Chunk(MostInACall).Select(events => (ledger.Key, events)))
                    .Select(call => TellAsync(call.Key, [.. call.events], stoppingToken))
            );
        }
    }

    private HashSet<UsageEvent> Take()
    {
        lock (_gate)
        {
            HashSet<UsageEvent> taken = [.. _ended.Select(static one => one.Usage), .. _lost];
            _lost.Clear();
            return taken;
        }
    }

    private async Task TellAsync(string ledger, ImmutableArray<UsageEvent> events, CancellationToken stopping)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                await _grains.GetGrain<IUsageLedgerGrain>(ledger).RecordMissed(events);
                return;
            }
            catch (Exception exception)
            {
                LogTellFailed(exception, ledger, events.Length, attempt);
            }

            await Task.Delay(Pause, _time, stopping);
        }

        LogGivenUp(ledger, events.Length);
    }
}
