using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Keys;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// What every turn goes through, in either grain: admitted, tried on accounts, settled, made durable by its journal, told to its readers. Runs on the
/// scheduler of the grain that has the turn. One per silo.
/// </summary>
internal sealed partial class TurnRunner(TurnServices services, ILogger<TurnRunner> logger)
{
    /// <summary>Holds a turn against its route and its key; the turn has not begun when this returns.</summary>
    /// <param name="request">The turn.</param>
    /// <param name="route">Its route.</param>
    /// <param name="context">What would be sent upstream.</param>
    /// <param name="promptTokens">The tokens of that.</param>
    /// <returns>The turn, or why there is none; then nothing is reserved.</returns>
    public async ValueTask<(ActiveTurn? Turn, StartResult.Refused? Refused)> AdmitAsync(
        TurnRequest request,
        Route route,
        ImmutableArray<Item> context,
        int promptTokens
    )
    {
        var choice = services.TargetsFor(route, request, context, promptTokens);
        if (choice.Error is { } unsupported)
        {
            return (null, await CountRefusedAsync(request) ?? new StartResult.Refused(unsupported));
        }

        promptTokens = choice.PromptTokens;
        var use = await services.Keys.ReserveAsync(request, promptTokens, services.Options.MaxQueueWait);
        return use.Error is { } overLimit
            ? (null, new StartResult.Refused(overLimit, use.Headroom))
            : (new ActiveTurn(request, route, context, promptTokens, services.Time) { KeyUse = use, Targets = choice.Targets }, null);
    }

    /// <summary>A request that is refused counts against the requests of its key, so that refusals cost no more than these. Why the key refuses it; null when it does not.</summary>
    private async ValueTask<StartResult.Refused?> CountRefusedAsync(TurnRequest request)
    {
        var use = await services.Keys.CountRequestAsync(request);
        return use.Error is { } overLimit ? new StartResult.Refused(overLimit, use.Headroom) : null;
    }

    /// <summary>Runs an admitted turn to its end. Never throws; the turn's log is closed when this returns.</summary>
    public async Task RunAsync(ActiveTurn turn, ITurnJournal journal)
    {
        // Everything below is a child of this span, not of the call that began the turn.
        using var span = TurnTrace.Begin(turn);
        var attempts = new TurnAttempts(turn, services, journal);
        var result = await TryAsync(turn, attempts);
        services.Registry.Remove(turn);
        turn.EndedAt = services.Time.GetUtcNow();
        var usage = turn.Usage(result);
        try
        {
            result = await journal.EndAsync(turn, result, usage);
        }
        catch (Exception exception)
        {
            LogRunFailed(exception, turn.Request.ResponseId);
            result = attempts.EndAs(Defect());
        }

        // Also when the end could not be made durable: what the turn used is used.
        await services.Keys.SettleAsync(turn.KeyUse, Math.Max(usage.Usage.TotalTokens, attempts.ReceivedTokens));
        TurnTrace.End(span, turn, result, usage.Usage);
        turn.Close(result.Status, turn.OutcomeOf(result, usage));
    }

    private async Task<TurnResult> TryAsync(ActiveTurn turn, TurnAttempts attempts)
    {
        try
        {
            return await attempts.RunAsync();
        }
        catch (Exception exception)
        {
            LogRunFailed(exception, turn.Request.ResponseId);
            return attempts.EndAs(Defect());
        }
    }

    public static StartResult.Refused RouteNotFound(string route) =>
        Refuse(TurnErrorKind.ModelNotFound, $"The model '{route}' does not exist.", "model");

    public static StartResult.Refused Refuse(TurnErrorKind kind, string message, string? param) => new(new TurnError(kind, message, param));

    public static StartResult.Accepted Accepted(ActiveTurn turn) =>
        new(turn.Request.ResponseId, turn.AcceptedAt, turn.PromptTokens, turn.KeyUse.Headroom);

    /// <summary>What a silo that takes no new turns throws, so that the caller tries another silo.</summary>
    public static GatewayTooBusyException TakesNone() => new("This silo takes no new turns; the turn belongs on another one.");

    private static TurnResult Defect() =>
        new(ResponseStatus.Failed, Error: new TurnError(TurnErrorKind.Internal, "The server had an error while processing the request."));

    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "Response {ResponseId} ended by a defect")]
    private partial void LogRunFailed(Exception exception, string responseId);
}
