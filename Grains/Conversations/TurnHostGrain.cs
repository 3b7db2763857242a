using System.Text;
using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Conversations;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Serialization.Invocation;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Runs turns that are not stored: nothing of them outlives this activation. Which of them are kept is <see cref="HostedTurns"/>' to say. Starts of turns
/// with an idempotency key come one after the other, since they may be the same turn; all other calls interleave.
/// </summary>
[GrainType("turn-host"), ConversationPlacement, CollectionAgeLimit(Minutes = 10), MayInterleave(nameof(MayInterleave))]
internal sealed partial class TurnHostGrain(TurnServices services, TurnCourse course, ILogger<TurnHostGrain> logger) : Grain, ITurnHostGrain
{
    private readonly Guid _epoch = Guid.CreateVersion7(services.Time.GetUtcNow());
    private readonly HostedTurns _turns = new();

    /// <summary>Asked by Orleans when a call meets another one.</summary>
    public static bool MayInterleave(IInvokable call) =>
        call.GetArgumentCount() == 0 || call.GetArgument(0) is not StartTurn { Retained: true };

    public ValueTask<StartResult> Start(StartTurn turn)
    {
        if (_turns.Find(turn.ResponseId) is { } known)
        {
            return new(known.Started);
        }

        if (turn.Retained && _turns.Latest?.Turn is { } latest && Joined(turn, latest) is { } joined)
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

            throw TurnCourse.TakesNone();
        }

        var hosted = new HostedTurn(turn);
        _turns.Add(hosted, services.Time.GetUtcNow());
        hosted.Started = BeginAsync(hosted);
        return new(hosted.Started);
    }

    public ValueTask<ResponseSlice> Read(string responseId, int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        if (_turns.Find(responseId) is not { Turn: { } turn } hosted)
        {
            return new(ActiveTurn.UnknownSlice(_epoch, fromSequence));
        }

        var wait = turn.WaitForNews(fromSequence, maxWait, cancellationToken);
        return wait.IsCompleted ? new(Slice(hosted, turn, fromSequence)) : SliceAfter(wait, hosted, turn, fromSequence);
    }

    public ValueTask Cancel(string responseId)
    {
        _turns.Find(responseId)?.Cancel();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> FinishPending() => new(true);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
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
            var start = hosted.Start;
            if (await services.FindModel(start.Model) is not { } model)
            {
                return TurnCourse.ModelNotFound(start.Model);
            }

            var promptTokens = services.Tokens.CountPrompt(start.Messages);
            var (turn, refused) = await course.AdmitAsync(start, model, start.Messages, promptTokens);
            if (turn is null)
            {
                return refused!;
            }

            begun = true;
            hosted.Admit(turn);
            services.Registry.Add(turn);
            hosted.Run = RunAsync(hosted, turn);
            return TurnCourse.Accepted(turn);
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

    /// <summary>The answer to a turn that needs no new run: it joins one, or meets one that is in its way.</summary>
    private static StartResult? Joined(StartTurn start, ActiveTurn latest)
    {
        var status = latest.Log.Status;
        return status is ResponseStatus.Failed or ResponseStatus.Cancelled ? null
            : start.Fingerprint == latest.Start.Fingerprint ? TurnCourse.Accepted(latest)
            : latest.Log.IsClosed
                ? TurnCourse.Refuse(
                    TurnErrorKind.IdempotencyConflict,
                    "This Idempotency-Key was used with another body. Use a new key.",
                    null
                )
            : TurnCourse.Refuse(
                TurnErrorKind.IdempotencyConflict,
                "A request with this Idempotency-Key and another body is running.",
                null
            );
    }

    private async ValueTask<ResponseSlice> SliceAfter(Task wait, HostedTurn hosted, ActiveTurn turn, int fromSequence)
    {
        await wait;
        return Slice(hosted, turn, fromSequence);
    }

    private ResponseSlice Slice(HostedTurn hosted, ActiveTurn turn, int fromSequence)
    {
        var slice = turn.Slice(_epoch, fromSequence);
        if (slice.IsTerminal)
        {
            _turns.Tell(hosted);
        }

        return slice;
    }

    private async Task RunAsync(HostedTurn hosted, ActiveTurn turn)
    {
        // Everything below is the span's child, whatever call it was begun in.
        using var span = TurnTrace.Begin(turn);
        var result = await course.RunAsync(turn, thread: null);
        var usage = turn.Usage(result, services.Tokens.Count(turn.Log.Text));
        // First of all: until it is told, a crash loses it, while a reservation would only expire.
        services.Usage.Record(usage);
        await services.Keys.SettleAsync(turn.KeyUse, usage.Usage.TotalTokens);
        await Remember(turn, result);
        TurnTrace.End(span, turn, result, usage.Usage);
        _turns.End(hosted, services.Time.GetUtcNow());
        turn.Close(result.Status, new ResponseOutcome(result.FinishReason, usage.Usage, result.Error));
    }

    private async ValueTask Remember(ActiveTurn turn, TurnResult result)
    {
        if (result.Thread is not { } thread)
        {
            return;
        }

        using var hash = new ContextHash(turn.Start.ClientKeyId, turn.Start.Model);
        hash.Add(turn.Context.AsSpan());
        hash.Add(new ChatMessage(ChatRole.Assistant, Encoding.UTF8.GetString(turn.Log.Text)));
        var key = hash.Current();
        try
        {
            await GrainFactory.GetGrain<IAffinityIndexGrain>(IAffinityIndexGrain.ShardOf(key)).Put(key, thread);
        }
        catch (Exception exception)
        {
            // The index is a hint: without the entry the next turn costs one more upstream call.
            LogAffinityLost(exception, turn.Start.ResponseId);
        }
    }

    [LoggerMessage(
        EventId = 3005,
        Level = LogLevel.Warning,
        Message = "The upstream conversation of response {ResponseId} was not remembered"
    )]
    private partial void LogAffinityLost(Exception exception, string responseId);
}
