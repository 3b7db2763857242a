using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>The faults that need nothing of a reply, as the faces beside FlowGPT's answer them.</summary>
internal static class FaultReply
{
    /// <summary>A stream of this face without any text.</summary>
    public static ReadOnlyMemory<byte> NoText { get; } = ": nothing\n\ndata: {\"choices\":[]}\n\ndata: [DONE]\n\n"u8.ToArray();

    public static Task WriteAsync(HttpContext context, FaultSettings fault, ReplyBehaviour behaviour, ReadOnlyMemory<byte>? noText = null)
    {
        switch (fault.Kind)
        {
            case FaultKind.EmptyBody:
                context.Response.ContentType = "text/event-stream";
                return Task.CompletedTask;
            case FaultKind.NoText:
                context.Response.ContentType = "text/event-stream";
                return context.Response.Body.WriteAsync(noText ?? NoText).AsTask();
            case FaultKind.Challenge
            or FaultKind.ChallengeCaptcha
            or FaultKind.Html
            or FaultKind.NotNdjson
            or FaultKind.ResetBeforeHeaders
            or FaultKind.StallBeforeHeaders:
                return FaultAnswer.WriteAsync(context, fault, behaviour.ErrorShape);
            default:
                return ApiResponse.WriteErrorAsync(context, ApiError.Of(fault), behaviour, fault.RetryAfterSeconds);
        }
    }
}
