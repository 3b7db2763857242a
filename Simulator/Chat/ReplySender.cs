using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.Chat;

/// <summary>Sends replies at the pace and in the form that their behaviour asks for.</summary>
/// <param name="clock">Where delays come from.</param>
internal sealed class ReplySender(TimeProvider clock)
{
    /// <summary>The media type of the stream (assumed: no client relies on one).</summary>
    public const string ContentType = "application/x-ndjson";

    /// <summary>Sends one reply, and keeps <see cref="ChatCall.Progress"/> up to date.</summary>
    /// <param name="call">The request to answer; nothing of its response was sent.</param>
    /// <param name="reply">What to send.</param>
    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async Task SendAsync(ChatCall call, Reply reply)
    {
        var behaviour = call.Behaviour;
        if (behaviour.FirstTokenDelay > TimeSpan.Zero)
        {
            await Task.Delay(behaviour.FirstTokenDelay, clock, call.Context.RequestAborted);
        }

        call.Context.Response.ContentType = ContentType;
        await call.Context.Response.StartAsync();
        if (behaviour.IsPlain && !call.Fault.Kind.IsAfter())
        {
            await SendPlainAsync(call, reply);
        }
        else
        {
            await new StyledReplyWriter(call, reply, clock).RunAsync();
        }
    }

    private static async Task SendPlainAsync(ChatCall call, Reply reply)
    {
        var body = call.Context.Response.BodyWriter;
        var writer = new PlainReplyWriter(reply);
        while (true)
        {
            var more = writer.WriteBlock(body);
            call.Progress.Sent = writer.Sent;
            if (!more)
            {
                call.Progress.End = ReplyEnd.Completed;
                return;
            }

            await body.FlushAsync(call.Context.RequestAborted);
            call.Context.RequestAborted.ThrowIfCancellationRequested();
        }
    }
}
