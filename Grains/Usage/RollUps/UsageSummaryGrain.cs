using FlowGpt.Grains.Interfaces.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Storage;

namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>
/// Keeps a day's roll-up equal to the sum of its ledgers. Ledgers that may hold more than is on disk here are listed on disk before they write, and are asked
/// at each activation before anything is answered, and whenever they fall silent: so a crash on either side loses nothing, and needs
/// no further traffic to be made good. A write that fails ends the activation; the next activation asks again.
/// </summary>
[GrainType("usage-summary")]
internal sealed partial class UsageSummaryGrain : Grain, IUsageSummaryGrain, IUsageRollUpGrain
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CloseAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeptAlive = TimeSpan.FromMinutes(10);

    private readonly IPersistentState<UsageDayState> _day;
    private readonly IGrainStorage _storage;
    private readonly IPersistentState<UsageHourState>[] _hours;
    private readonly UsageSummary _summary = new();
    private readonly Dictionary<string, OpenLedger> _open = [];
    private readonly TimeProvider _time;
    private readonly UsageOptions _options;
    private readonly ILogger _logger;
    private Exception? _failure;

    public UsageSummaryGrain(
        IGrainContext context,
        IPersistentStateFactory states,
        [FromKeyedServices(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)] IGrainStorage storage,
        TimeProvider time,
        IOptions<UsageOptions> options,
        ILogger<UsageSummaryGrain> logger
    )
    {
        _day = states.Create<UsageDayState>(context, new PersistentStateAttribute(DayState));
        _hours =
        [
            .. Enumerable
                .Range(0, UsageSummary.Hours)
                .Select(hour => states.Create<UsageHourState>(context, new PersistentStateAttribute(StateOf(hour)))),
        ];
        _storage = storage;
        _time = time;
        _options = options.Value;
        _logger = logger;
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        for (var hour = 0; hour < UsageSummary.Hours; hour++)
        {
            await RestoreHour(hour);
        }

        await RestoreDay();
        foreach (var ledger in _openParts.Names)
        {
            _open[ledger] = new OpenLedger { Written = _summary.VersionOf(LedgerName.Parse(ledger)) };
        }

        await Task.WhenAll(_open.Keys.ToArray().Select(Ask));
        this.RegisterGrainTimer(OnTick, new GrainTimerCreationOptions(Tick, Tick) { Interleave = true });
    }

    /// <inheritdoc/>
    public async ValueTask Open(string ledger)
    {
        ThrowIfFailed();
        if (!_open.TryGetValue(ledger, out var open))
        {
            open = List(ledger);
        }

        open.Opened++;
        Hear(open, changed: true);
        await WriteDay(open.ListedBy);
    }

    /// <inheritdoc/>
    public ValueTask Put(LedgerReport report)
    {
        ThrowIfFailed();
        Take(report);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<UsageDayAnswer> Query(UsageDayQuery query)
    {
        ThrowIfFailed();
        var unheard = _open.Values.Count(static one => one.Heard == 0);
        return ValueTask.FromResult(new UsageDayAnswer([.. _summary.Query(query)], unheard));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_failure is null)
        {
            await WriteHours()
                .WaitAsync(cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task OnTick(CancellationToken cancellationToken)
    {
        if (_failure is not null)
        {
            return;
        }

        if (_open.Count > 0)
        {
            DelayDeactivation(KeptAlive);
        }

        foreach (var (ledger, open) in _open.ToArray())
        {
            if (!open.Asked && (open.Heard == 0 || _time.GetElapsedTime(open.Heard) >= SilentAfter))
            {
                _ = Ask(ledger);
            }
        }

        if (_time.GetElapsedTime(_hoursWritten) >= _options.RollUpWriteInterval && !_writingHours)
        {
            await WriteHours();
        }
    }

    // Never throws: a ledger that cannot be reached is asked again.
    private async Task Ask(string ledger)
    {
        if (!_open.TryGetValue(ledger, out var open))
        {
            return;
        }

        open.Asked = true;
        var opened = open.Opened;
        try
        {
            var known = _summary.VersionOf(LedgerName.Parse(ledger));
            var mayClose = open.Heard != 0 && known == open.Written && _time.GetElapsedTime(open.Changed) >= CloseAfter;
            var report = await GrainFactory
                .GetGrain<ILedgerReportGrain>(ledger)
                .Report(known, mayClose)
                .AsTask()
                .WaitAsync(AnswerWithin, _time);
            Take(report);
            if (report.Closed && open.Opened == opened)
            {
                _open.Remove(ledger);
                _openParts.Remove(ledger);
                _dayChanges++;
            }
        }
        catch (Exception exception)
        {
            LogLedgerAway(exception, ledger);
        }
        finally
        {
            open.Asked = false;
        }
    }

    private void Take(LedgerReport report)
    {
        var name = LedgerName.Parse(report.Ledger);
        var changed = report.Table is { } table && _summary.Put(name, report.Version, table);
        if (!_open.TryGetValue(report.Ledger, out var open) && changed)
        {
            // An earlier activation listed this ledger and lost the entry before it was stored: list it again.
            open = List(report.Ledger);
        }

        if (open is not null)
        {
            Hear(open, changed);
        }
    }

    private OpenLedger List(string ledger)
    {
        var open = new OpenLedger { ListedBy = ++_dayChanges };
        _open.Add(ledger, open);
        _openParts.Add(ledger);
        return open;
    }

    private void Hear(OpenLedger open, bool changed)
    {
        open.Heard = _time.GetTimestamp();
        open.Changed = changed || open.Changed == 0 ? open.Heard : open.Changed;
    }
}
