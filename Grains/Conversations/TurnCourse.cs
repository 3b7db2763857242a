using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Models;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// What every turn goes through, stored or not: it is admitted, then carried to its end. Runs on the scheduler of the grain that has the turn. One per silo.
/// </summary>
internal sealed partial class TurnCourse(TurnServices services, ILogger<TurnCourse> logger)
{
    /// <summary>Holds a turn against its model and its key; it has not begun when this returns.</summary>
    /// <param name="start">The turn.</param>
    /// <param name="model">Its model.</param>
    /// <param name="context">What would be sent upstream.</param>
    /// <param name="promptTokens">The tokens of that.</param>
    /// <returns>The turn, or why there is none; then nothing is reserved.</returns>
    public async ValueTask<(ActiveTurn? Turn, StartResult.Refused? Refused)> AdmitAsync(
        StartTurn start,
        ModelEntry model,
        ImmutableArray<ChatMessage> context,
        int promptTokens
    )
    {
        if (promptTokens > model.ContextWindow)
        {
            return (
                null,
                Refuse(
                    TurnErrorKind.ContextLengthExceeded,
                    $"This model's maximum context length is {model.ContextWindow} tokens, but the messages have {promptTokens}. Please shorten them.",
                    "messages"
                )
            );
        }

        var use = await services.Keys.ReserveAsync(start, promptTokens);
        return use.Error is { } overLimit
            ? (null, new StartResult.Refused(overLimit, use.Headroom))
            : (new ActiveTurn(start, model, context, promptTokens, services.Time) { KeyUse = use }, null);
    }

    /// <summary>Runs a turn to the end of its text. Never throws.</summary>
    public async Task<TurnResult> RunAsync(ActiveTurn turn, UpstreamThread? thread)
    {
        var pump = new TurnPump(turn, services, thread);
        try
        {
            return await pump.RunAsync();
        }
        catch (Exception exception)
        {
            LogPumpFailed(exception, turn.Start.ResponseId);
            return pump.EndAs(
                new TurnResult(
                    ResponseStatus.Failed,
                    Error: new TurnError(TurnErrorKind.Internal, "The server had an error while processing the request.")
                )
            );
        }
        finally
        {
            services.Registry.Remove(turn);
        }
    }

    public static StartResult.Refused ModelNotFound(string model) =>
        Refuse(TurnErrorKind.ModelNotFound, $"The model '{model}' does not exist.", "model");

    public static StartResult.Refused Refuse(TurnErrorKind kind, string message, string? param) => new(new TurnError(kind, message, param));

    public static StartResult.Accepted Accepted(ActiveTurn turn) =>
        new(turn.Start.ResponseId, turn.AcceptedAt, turn.PromptTokens, turn.KeyUse.Headroom);

    /// <summary>What a silo that takes no new turns throws, so that the caller goes to another one.</summary>
    public static GatewayTooBusyException TakesNone() => new("This silo takes no new turns; the turn belongs on another one.");

    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "Response {ResponseId} ended by a defect")]
    private partial void LogPumpFailed(Exception exception, string responseId);
}
