using System.Runtime.CompilerServices;
using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Usage;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>
/// Starts one turn and follows its response to the end, through lost calls and lost silos. Calls that failed for a passing reason
/// are repeated, which is safe since starting and reading are idempotent; a response that was lost before the client saw
/// any of it is started again. Used by one request; not thread-safe.
/// </summary>
internal sealed partial class TurnFollower
{
    /// <summary>Times a lost response is started again.</summary>
    private const int MaxRestarts = 3;

    /// <summary>Places that are tried one after the other without a pause, while their silos are stopping.</summary>
    private const int MaxAtOnce = 4;

    /// <summary>How long a grain may overrun the request's time before this side gives up on it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly TurnRouter _router;
    private readonly AddressKeyCache _keys;
    private readonly TimeProvider _time;
    private readonly TurnPlan _plan;
    private readonly FailoverLimits _limits;
    private readonly ILogger _logger;
    private readonly IUsageWitness _witness;
    private readonly ILocalTurns? _locals;
    private readonly CancellationToken _aborted;
    private readonly long _startedAt;

    private TurnPlace _place;
    private ITurnGrain? _grain;

    // The turn itself, where it runs in this process.
    private ILocalTurn? _local;
    private Guid _epoch;
    private int _nextSequence;
    private int _restarts;
    private WitnessedTurn? _witnessed;

    public TurnFollower(
        TurnRouter router,
        AddressKeyCache keys,
        TimeProvider time,
        TurnPlan plan,
        FailoverLimits limits,
        ILogger logger,
        IUsageWitness witness,
        ILocalTurns? locals,
        CancellationToken aborted
    )
    {
        _limits = limits;
        _witness = witness;
        _router = router;
        _keys = keys;
        _time = time;
        _plan = plan;
        _logger = logger;
        _locals = locals;
        _aborted = aborted;
        _startedAt = _heardAt = time.GetTimestamp();
    }

    /// <summary>The response being followed; changes when it is started again.</summary>
    public string ResponseId { get; private set; } = "";

    /// <summary>Tokens of the whole context as the gateway counts them; 0 before the turn is accepted.</summary>
    public int PromptTokens { get; private set; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Counts starts: text gathered under an earlier number must be thrown away.</summary>
    public int Generation => _restarts;

    /// <summary>Whether the response has come to its end, so that there is nothing left to cancel.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Who serves it, once known.</summary>
    public ResponseServing? Serving { get; private set; }

    /// <summary>What is left of the client key's limits, as of the last start; null when it has none.</summary>
    public KeyHeadroom? KeyHeadroom { get; private set; }

    /// <summary>Starts the turn. Null when it runs.</summary>
    /// <remarks>
    /// A turn that only this request can find is given a new place with each try: the silo of the previous place may be dying. Should the turn run there
    /// all the same, it is cancelled.
    /// </remarks>
    public async ValueTask<ApiError?> StartAsync()
    {
        var asked = _time.GetTimestamp();
        if (!await _keys.LoadAsync(_limits.StartWithin, _aborted))
        {
            return GatewayErrors.Interrupted;
        }

        var turn = Place();
        (Task<StartResult> Answer, DateTimeOffset GivenUpAt, string Id)? unanswered = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var loss = _limits.Losses.Next;
                var pending = new PendingAnswer<StartResult>();
                if (await pending.AnswerOrLoss(_grain!.Start(turn), loss) is { } result)
                {
                    if (unanswered is var (answer, givenUpAt, id) && result is StartResult.Accepted accepted)
                    {
                        _ = WitnessAsync(answer, givenUpAt, id, accepted);
                    }

                    return Accept(result, turn.ResponseId);
                }

                // Should it have begun on a silo that is well, this joins it.
                LogAskAgain(nameof(ITurnGrain.Start), turn.ResponseId);
                unanswered ??= (pending.Late, _time.GetUtcNow(), StartId(turn, attempt));
                continue;
            }
            catch (Exception exception) when (TransientFailures.IsOfACall(exception))
            {
                LogRetry(exception, nameof(ITurnGrain.Start), turn.ResponseId, attempt);
                if (
                    (unanswered is not null && exception is not GatewayTooBusyException)
                    || exception is SiloUnavailableException or TimeoutException
                )
                {
                    // It may have begun, and called the upstream, before its silo was gone.
                    WitnessedTurn.LoseStart(_witness, _plan, StartId(turn, attempt), _time.GetUtcNow());
                    unanswered = null;
                }

                if (_time.GetElapsedTime(asked) >= _limits.StartWithin || TimeLeft <= TimeSpan.Zero)
                {
                    return GatewayErrors.Interrupted;
                }

                if (_plan.IsFoundByThisRequestOnly)
                {
                    _router.Abandon(_place);
                    _ = CancelAsync(_grain!, turn.ResponseId);
                    turn = Place();
                    if (exception is GatewayTooBusyException && attempt < MaxAtOnce)
                    {
                        // The silo is there, and has begun nothing: another place may take it right away.
                        continue;
                    }
                }
            }

            await TransientFailures.DelayAsync(_time, _aborted);
        }
    }

    private static string StartId(TurnRequest turn, int attempt) => $"{turn.ResponseId}-start{attempt}";

    /// <summary>
    /// Reports a start whose answer was given up, if another start was accepted in its place: the first may have called the upstream before its
    /// silo was gone. The time at which a turn was accepted tells whether it is the same.
    /// </summary>
    private async Task WitnessAsync(Task<StartResult> answer, DateTimeOffset givenUpAt, string id, StartResult.Accepted accepted)
    {
        bool isSame;
        try
        {
            isSame = await answer is not StartResult.Accepted first || first.CreatedAt == accepted.CreatedAt;
        }
        catch (Exception exception)
        {
            LogRetry(exception, nameof(ITurnGrain.Start), id, attempt: 0);
            isSame = accepted.CreatedAt < givenUpAt;
        }

        if (!isSame)
        {
            WitnessedTurn.LoseStart(_witness, _plan, id, _time.GetUtcNow());
        }
    }

    /// <summary>Waits for more of the response.</summary>
    /// <param name="maxWait">How long, at most 2 s; then an empty slice comes.</param>
    /// <param name="mayRestart">Whether the client has seen nothing yet.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TurnStep> NextAsync(TimeSpan maxWait, bool mayRestart)
    {
        BeginToListen();
        while (true)
        {
            if (TimeLeft + Grace <= TimeSpan.Zero)
            {
                return new TurnStep(null, GatewayErrors.TimedOut);
            }

            if (_limits.Leaving.IsCancellationRequested)
            {
                return new TurnStep(null, GatewayErrors.Interrupted);
            }

            var slice = await ReadAsync(maxWait);
            var lost = IsLost(slice);
            if (!lost && !IsInterrupted(slice!))
            {
                return Take(slice!);
            }

            if (lost)
            {
                _witnessed?.Lose();
            }
            else
            {
                _witnessed?.Read(slice!);
            }

            if (!mayRestart || _restarts >= RestartsAllowed(lost) || TimeLeft <= TimeSpan.Zero || _aborted.IsCancellationRequested)
            {
                return lost ? new TurnStep(null, GatewayErrors.Interrupted) : Take(slice!);
            }

            _restarts++;
            LogRestart(ResponseId, _restarts);

            // Should it still run somewhere out of reach. Not awaited: it may take as long as the silo is gone.
            _ = CancelAsync();
            if (await StartAsync() is { } error)
            {
                return new TurnStep(null, error);
            }
        }
    }

    /// <summary>Stops the response. Best effort; never throws.</summary>
    public Task CancelAsync()
    {
        _witnessed?.Leave();
        return _grain is { } grain ? CancelAsync(grain, ResponseId) : Task.CompletedTask;
    }

    /// <summary>Notifies the turn that the client has disconnected. Best effort; never throws.</summary>
    public async Task LeaveAsync()
    {
        _witnessed?.Leave();
        if (_grain is not { } grain)
        {
            return;
        }

        try
        {
            await grain.Leave(ResponseId);
        }
        catch (Exception exception)
        {
            LogCancelFailed(exception, ResponseId);
        }
    }

    /// <summary>The turn at its own place, or where it belongs.</summary>
    private TurnRequest Place()
    {
        _place = _router.For(_plan);
        _grain = _place.Grain;
        _epoch = Guid.Empty;
        _nextSequence = 0;
        return _plan.ToRequest(_place.ResponseId, TimeLeft) with { MaxTime = WholeTimeLeft ?? TimeSpan.Zero };
    }

    private async Task CancelAsync(ITurnGrain grain, string responseId)
    {
        try
        {
            await grain.Cancel(responseId);
        }
        catch (Exception exception)
        {
            LogCancelFailed(exception, responseId);
        }
    }

    private ApiError Explain(TurnError error) => PartPlaces.Name(TurnErrorMapper.Map(error), _plan.Content.Places);

    private ApiError? Accept(StartResult result, string asked)
    {
        if (result is StartResult.Refused refused)
        {
            KeyHeadroom = refused.Headroom;
            return Explain(refused.Error);
        }

        var accepted = (StartResult.Accepted)result;
        ResponseId = accepted.ResponseId;
        _local = _locals?.Find(ResponseId);
        _grainCalledAt = _time.GetTimestamp();
        KeyHeadroom = accepted.Headroom;
        CreatedAt = accepted.CreatedAt;
        PromptTokens = accepted.PromptTokens;
        // A joined turn is witnessed by the request that began it.
        _witnessed = accepted.ResponseId == asked ? new WitnessedTurn(_witness, _plan, accepted, _time) : null;
        return null;
    }

    /// <summary>
    /// A stored turn that says itself that it was interrupted may not have been storable, and then each restart would cost a
    /// whole reply.
    /// </summary>
    private int RestartsAllowed(bool lost) => lost || _plan.ConversationId is null ? MaxRestarts : 1;

    private bool IsLost(ResponseSlice? slice) =>
        slice is null || slice.Status == ResponseStatus.Unknown || (_epoch != Guid.Empty && slice.Epoch != _epoch);

    private static bool IsInterrupted(ResponseSlice slice) =>
        slice is { Status: ResponseStatus.Failed, Outcome.Error.Kind: TurnErrorKind.Interrupted };

    private TurnStep Take(ResponseSlice slice)
    {
        _witnessed?.Read(slice);
        _epoch = slice.Epoch;
        Hear(slice);
        _nextSequence = slice.NextSequence;
        Serving = slice.Serving ?? Serving;
        HasEnded = slice.IsTerminal;
        var error = slice.Status switch
        {
            ResponseStatus.Failed => slice.Outcome?.Error is { } failed ? Explain(failed) : GatewayErrors.Internal,
            ResponseStatus.Cancelled => GatewayErrors.Cancelled,
            _ => null,
        };
        return new TurnStep(slice, error);
    }
}
