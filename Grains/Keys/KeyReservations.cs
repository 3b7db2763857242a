using System.Collections.Concurrent;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Keys.Limits;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Keys;

/// <summary>This silo's turns on keys with limits: asks, settles, reports them.</summary>
internal sealed partial class KeyReservations : IKeyReservations, ILifecycleParticipant<ISiloLifecycle>
{
    private const int SettleAttempts = 8;
    private const int TopUpAttempts = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestSettle = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, HeldKeyUse> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> _telling = new();
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly KeyUseOptions _options;
    private readonly KeyInstruments _instruments;
    private readonly ILogger<KeyReservations> _logger;
    private readonly string _silo;

    public KeyReservations(
        IGrainFactory grains,
        ILocalSiloDetails silo,
        TimeProvider time,
        IOptions<KeyUseOptions> options,
        KeyInstruments instruments,
        ILogger<KeyReservations> logger
    )
    {
        _instruments = instruments;
        _instruments.Reservations = () => _running.Count;
        _grains = grains;
        _time = time;
        _options = options.Value;
        _logger = logger;
        _silo = silo.SiloAddress.ToParsableString();
    }

    public ValueTask<HeldKeyUse> ReserveAsync(TurnRequest turn, int promptTokens, TimeSpan maxWait) =>
        turn.Terms is { } terms && !terms.Limits.AreNone ? AskAsync(turn, terms, promptTokens, maxWait) : new(HeldKeyUse.Unlimited);

    public ValueTask SettleAsync(HeldKeyUse use, long? tokens)
    {
        if (use.Waiting is { } waiting)
        {
            use.End(null);
            _ = Tell(use.KeyId, new KeySettlement(waiting.RequestId, null, 0, default));
            return default;
        }

        if (use.Reservation is not { } held || !_running.TryRemove(held.RequestId, out _))
        {
            return default;
        }

        var telling = Tell(use.KeyId, new KeySettlement(held.RequestId, tokens, held.Tokens, held.At));
        return telling.IsCompleted ? default : new(WaitAsync(telling));
    }

    /// <summary>The requests that run here for a key.</summary>
    public ImmutableArray<KeyReservation> Report(string keyId) =>
        [.. _running.Values.Where(running => running.KeyId == keyId).Select(static running => running.Reservation!)];

    /// <summary>Waits a short time at a stop for reports that are not sent yet; the turns have ended by then.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(
            nameof(KeyReservations),
            ServiceLifecycleStage.RuntimeGrainServices,
            static _ => Task.CompletedTask,
            cancellationToken =>
                Task.WhenAll(_telling.Keys)
                    .WaitAsync(LongestStop, _time, cancellationToken)
                    .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)
        );

    /// <summary>A turn without a limit on its whole time has surely ended after this.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromDays(1);

    private async ValueTask<HeldKeyUse> AskAsync(TurnRequest turn, ApiKeyTerms terms, int promptTokens, TimeSpan maxWait)
    {
        var request = new KeyReserveRequest(
            turn.ResponseId,
            terms,
            promptTokens,
            turn.Sampling.MaxOutputTokens,
            (turn.MaxTime > TimeSpan.Zero ? turn.MaxTime : LongestTurn) + _options.SettleGrace,
            _silo
        )
        {
            MaxWait = maxWait,
        };
        KeyReserveResult result;
        try
        {
            result = await GrainOf(turn.ClientKeyId).Reserve(request);
        }
        catch (Exception exception)
        {
            // It may have been let in all the same; what it holds then comes back by this, or with its time.
            LogUnreachable(exception, turn.ClientKeyId);
            _ = Tell(turn.ClientKeyId, new KeySettlement(turn.ResponseId, null, 0, default));
            result = new KeyReserveResult.Refused(KeyRefusal.Unavailable, 0, 0, 0, null, null);
        }

        if (result is KeyReserveResult.Waiting waiting)
        {
            return new HeldKeyUse(this, turn.ClientKeyId, terms.Limits.CountTokens, request) { Headroom = waiting.Headroom };
        }

        if (result is not KeyReserveResult.Granted granted)
        {
            var refused = (KeyReserveResult.Refused)result;
            _instruments.Refused(refused.Reason);
            return HeldKeyUse.Refused(KeyRefusals.ToError(refused, turn.ClientKeyId), refused.Headroom);
        }

        return Holds(
            new HeldKeyUse(this, turn.ClientKeyId, terms.Limits.CountTokens, Reservation(turn.ResponseId, granted))
            {
                Headroom = granted.Headroom,
            }
        );
    }

    private KeyReservation Reservation(string id, KeyReserveResult.Granted granted) =>
        new(id, granted.Tokens, granted.At, granted.Expires, _silo);

    private HeldKeyUse Holds(HeldKeyUse use)
    {
        _running[use.Reservation!.RequestId] = use;
        _instruments.Granted();
        return use;
    }

    /// <summary>Asks a key for more tokens of a reply, for as long as it is unreachable a few times. How many are reserved then in all.</summary>
    public async Task<long> TopUpAsync(string keyId, KeyReservation held, long upTo)
    {
        var topUp = new KeyTopUp(held.RequestId, upTo, held.Tokens, held.At, held.Expires, held.Holder);
        for (var attempt = 1; _running.ContainsKey(held.RequestId); attempt++)
        {
            try
            {
                if (await GrainOf(keyId).TopUp(topUp).ConfigureAwait(false) is { } total)
                {
                    return total;
                }
            }
#pragma warning disable CA1031 // The key's grain is unreachable for some reason; a top-up may be asked for twice without harm.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogTopUpFailed(exception, keyId, attempt);
            }

            if (attempt == TopUpAttempts)
            {
                break;
            }

            await Task.Delay(FirstPause * Math.Pow(2, attempt - 1), _time).ConfigureAwait(false);
        }

        return held.Tokens;
    }

    private Task WaitAsync(Task telling) => telling.WaitAsync(LongestSettle, _time).ContinueWith(static _ => { }, TaskScheduler.Default);

    private Task Tell(string keyId, KeySettlement settlement)
    {
        var telling = TellAsync(keyId, settlement);
        if (!telling.IsCompleted)
        {
            _telling.TryAdd(telling, 0);
            _ = telling.ContinueWith(
                static (done, all) => ((ConcurrentDictionary<Task, byte>)all!).TryRemove(done, out _),
                _telling,
                TaskScheduler.Default
            );
        }

        return telling;
    }

    private async Task TellAsync(string keyId, KeySettlement settlement)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await GrainOf(keyId).Settle(settlement).ConfigureAwait(false);
                return;
            }
#pragma warning disable CA1031 // The key's grain is unreachable for some reason; it takes settlements twice without harm.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _instruments.SettleFailed();
                LogSettleFailed(exception, keyId, attempt);
            }

            if (attempt == SettleAttempts)
            {
                return;
            }

            await Task.Delay(FirstPause * Math.Pow(2, attempt - 1), _time).ConfigureAwait(false);
        }
    }

    private IApiKeyUseGrain GrainOf(string keyId) => _grains.GetGrain<IApiKeyUseGrain>(keyId);

    [LoggerMessage(
        EventId = 2321,
        Level = LogLevel.Warning,
        Message = "The limits of key {KeyId} could not be asked; its request is refused"
    )]
    private partial void LogUnreachable(Exception exception, string keyId);

    [LoggerMessage(
        EventId = 2323,
        Level = LogLevel.Warning,
        Message = "Key {KeyId} could not be asked for more tokens of a reply, attempt {Attempt}"
    )]
    private partial void LogTopUpFailed(Exception exception, string keyId, int attempt);

    [LoggerMessage(EventId = 2322, Level = LogLevel.Warning, Message = "Key {KeyId} could not be told of a settlement, attempt {Attempt}")]
    private partial void LogSettleFailed(Exception exception, string keyId, int attempt);
}
