using System.Collections.Concurrent;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Tokens;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Serialization.Invocation;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// Runs turns that are not stored: nothing of them outlives this activation. Which of them are kept is <see cref="HostedTurns"/>' to say. Starts of turns
/// with an idempotency key come one after the other, since they may be the same turn; all other calls interleave.
/// </summary>
[GrainType("turn-host"), TurnPlacement, CollectionAgeLimit(Minutes = 10), MayInterleave(nameof(MayInterleave))]
internal sealed class TurnHostGrain(TurnServices services, TurnRunner runner, LocalTurns locals, ILogger<TurnHostGrain> logger)
    : Grain,
        ITurnHostGrain
{
    /// <summary>An activation is kept so much longer than its turns.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromDays(1);

    private readonly Guid _epoch = Guid.CreateVersion7(services.Time.GetUtcNow());
    private readonly HostedTurns _turns = new(TurnRetention.Of(services.Options), locals);

    // Turns whose end was read, perhaps by a reader that does not come through this grain.
    private readonly ConcurrentQueue<HostedTurn> _told = new();
    private IGrainTimer? _expiry;
    private DateTimeOffset _nextExpiry = DateTimeOffset.MaxValue;
    private bool _isLeaving;

    /// <summary>Called by Orleans when a call arrives while another runs.</summary>
    public static bool MayInterleave(IInvokable call) =>
        call.GetArgumentCount() == 0 || call.GetArgument(0) is not TurnRequest { IsIdempotent: true };

    public ValueTask<StartResult> Start(TurnRequest turn)
    {
        if (Kept(_turns.Find(turn.ResponseId)) is { } known)
        {
            return new(known.Started);
        }

        if (turn.IsIdempotent && Kept(_turns.Latest)?.Turn is { } latest && Joined(turn, latest) is { } joined)
        {
            return new(joined);
        }

        services.Registry.Enter();
        if (services.Admission.IsClosed)
        {
            services.Registry.Leave();
            if (_turns.Running == 0)
            {
                DeactivateOnIdle();
            }

            throw TurnRunner.TakesNone();
        }

        ForgetTold();
        var hosted = new HostedTurn(turn, _epoch, _told);
        _turns.Drop(turn.ResponseId);
        _turns.Add(hosted);
        hosted.Started = BeginAsync(hosted);
        return new(hosted.Started);
    }

    public ValueTask<ResponseSlice> Read(string responseId, int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        ForgetTold();
        return Kept(_turns.Find(responseId)) is { } hosted
            ? hosted.Read(fromSequence, maxWait, cancellationToken)
            : new(ActiveTurn.UnknownSlice(_epoch, fromSequence));
    }

    public ValueTask Cancel(string responseId)
    {
        _turns.Find(responseId)?.Cancel();
        return ValueTask.CompletedTask;
    }

    public ValueTask Leave(string responseId)
    {
        _turns.Find(responseId)?.Leave(services.Options.DisconnectGrace);
        return ValueTask.CompletedTask;
    }

    public ValueTask Keep(string responseId)
    {
        if (Kept(_turns.Find(responseId)) is { } hosted)
        {
            _turns.Keep(hosted, services.Time.GetUtcNow());
        }

        return ValueTask.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isLeaving = true;
        foreach (var hosted in _turns.All)
        {
            hosted.Turn?.Stop(StopReason.Shutdown);
        }

        await Task.WhenAll(_turns.All.Select(static hosted => hosted.Run))
            .WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _turns.Clear();
    }

    private async Task<StartResult> BeginAsync(HostedTurn hosted)
    {
        var begun = false;
        try
        {
            var request = hosted.Request;
            if (await services.FindRoute(request.Route) is not { } route)
            {
                return TurnRunner.RouteNotFound(request.Route);
            }

            var (context, promptTokens) = Fit(request, route);
            var (turn, refused) = await runner.AdmitAsync(request, route, context, promptTokens);
            if (turn is null)
            {
                return refused!;
            }

            begun = true;
            hosted.Admit(turn);
            locals.Add(request.ResponseId, hosted);
            services.Registry.Add(turn);
            if (request.Lifetime == TurnLifetime.Background)
            {
                // There may be no call of this grain while the turn runs.
                DelayDeactivation((request.MaxTime > TimeSpan.Zero ? request.MaxTime : LongestTurn) + Slack);
            }

            hosted.Run = RunAsync(hosted, turn);
            return TurnRunner.Accepted(turn);
        }
        finally
        {
            if (!begun)
            {
                _turns.Drop(hosted);
            }

            services.Registry.Leave();
        }
    }

    /// <summary>The turn unless its time is over: memory is freed somewhat later.</summary>
    private HostedTurn? Kept(HostedTurn? turn) => turn?.ExpiresAt is { } at && at <= services.Time.GetUtcNow() ? null : turn;

    /// <summary>The context that is sent, and its tokens.</summary>
    private (ImmutableArray<Item> Context, int PromptTokens) Fit(TurnRequest request, Route route)
    {
        var (context, tokens) = (request.Input, services.Tokens);
        if (!request.DropsOldest || route.ContextWindow is not { } window)
        {
            return (context, tokens.CountPrompt(request, context.AsSpan(), services.MostTokens(route, request)));
        }

        var newest = ContextFit.NewestOf(context);
        if (ContextFit.IsFarBeyond(context, window))
        {
            if (tokens.CountPrompt(request, context.AsSpan()[^newest..], window) is var alone && alone > window)
            {
                return (context, alone);
            }

            context = ContextFit.LeaveOutFar(context, newest, window, (item, before) => tokens.CountItem(item, before, window));
        }

        var promptTokens = tokens.CountPrompt(request, context.AsSpan());
        return ContextFit.DropOldest(context, newest, promptTokens, window, (item, before) => tokens.CountItem(item, before));
    }

    private async Task RunAsync(HostedTurn hosted, ActiveTurn turn)
    {
        await runner.RunAsync(turn, new UnstoredJournal(hosted, _turns, services, logger));
        if (hosted.ExpiresAt is { } at && at < _nextExpiry)
        {
            ExpireAt(at);
        }
    }

    private void ForgetTold()
    {
        while (_told.TryDequeue(out var turn))
        {
            _turns.Tell(turn);
        }
    }

    private void ExpireAt(DateTimeOffset at)
    {
        if (_isLeaving)
        {
            return;
        }

        _nextExpiry = at;
        var due = at - services.Time.GetUtcNow();
        due = due > TimeSpan.Zero ? due : TimeSpan.Zero;
        if (due > Slack)
        {
            DelayDeactivation(due + Slack);
        }

        if (_expiry is null)
        {
            _expiry = this.RegisterGrainTimer(
                static (host, _) => host.ExpireAsync(),
                this,
                new()
                {
                    DueTime = due,
                    Period = Timeout.InfiniteTimeSpan,
                    Interleave = true,
                }
            );
        }
        else
        {
            _expiry.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private Task ExpireAsync()
    {
        _nextExpiry = DateTimeOffset.MaxValue;
        ForgetTold();
        if (_turns.Expire(services.Time.GetUtcNow()) is { } next)
        {
            ExpireAt(next);
        }

        return Task.CompletedTask;
    }

    /// <summary>The answer to a turn that needs no new run: it joins a running turn, or is refused because another turn runs.</summary>
    private static StartResult? Joined(TurnRequest request, ActiveTurn latest)
    {
        var status = latest.Log.Status;
        return status is ResponseStatus.Failed or ResponseStatus.Cancelled ? null
            : request.Fingerprint == latest.Request.Fingerprint ? TurnRunner.Accepted(latest)
            : latest.Log.IsClosed
                ? TurnRunner.Refuse(
                    TurnErrorKind.IdempotencyConflict,
                    "This Idempotency-Key was used with another body. Use a new key.",
                    null
                )
            : TurnRunner.Refuse(
                TurnErrorKind.IdempotencyConflict,
                "A request with this Idempotency-Key and another body is running.",
                null
            );
    }
}
