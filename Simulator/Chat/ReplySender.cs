using System.IO.Pipelines;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.Chat;

/// <summary>Sends one reply at the pace and in the form that its behaviour asks for.</summary>
/// <param name="clock">Where delays come from.</param>
internal sealed class ReplySender(TimeProvider clock)
{
    /// <summary>The media type of the stream (assumed: no client relies on one).</summary>
    public const string ContentType = "application/x-ndjson";

    /// <param name="context">The request to answer; nothing of its response was sent.</param>
    /// <param name="reply">What to send.</param>
    /// <param name="behaviour">How to send it.</param>
    /// <param name="progress">Told what was sent, so that it is known even when sending fails.</param>
    public async Task<ReplyEnd> SendAsync(HttpContext context, Reply reply, ReplyBehaviour behaviour, ReplyProgress progress)
    {
        if (behaviour.FirstTokenDelay > TimeSpan.Zero)
        {
            await Task.Delay(behaviour.FirstTokenDelay, clock, context.RequestAborted);
        }

        context.Response.ContentType = ContentType;
        await context.Response.StartAsync();
        return behaviour.IsPlain
            ? await SendPlainAsync(context, reply, progress)
            : await SendStyledAsync(context, reply, behaviour, progress);
    }

    private static async Task<ReplyEnd> SendPlainAsync(HttpContext context, Reply reply, ReplyProgress progress)
    {
        var body = context.Response.BodyWriter;
        var writer = new PlainReplyWriter(reply);
        while (true)
        {
            var more = writer.WriteBlock(body);
            progress.Sent = writer.Sent;
            if (!more)
            {
                return ReplyEnd.Completed;
            }

            if (!await FlushAsync(context, body))
            {
                return ReplyEnd.CutByClient;
            }
        }
    }

    private async Task<ReplyEnd> SendStyledAsync(HttpContext context, Reply reply, ReplyBehaviour behaviour, ReplyProgress progress)
    {
        var body = context.Response.BodyWriter;
        var cursor = new ReplyCursor(reply);
        while (cursor.MoveNext())
        {
            if (cursor.Index > 0 && behaviour.TokenDelay > TimeSpan.Zero)
            {
                await Task.Delay(behaviour.TokenDelay, clock, context.RequestAborted);
            }

            progress.Sent = progress.Sent.Plus(cursor.Current.Length, TextFrame.Write(body, cursor.Current, behaviour.Style));
            if (behaviour.FlushEachToken && !await FlushAsync(context, body))
            {
                return ReplyEnd.CutByClient;
            }
        }

        return ReplyEnd.Completed;
    }

    /// <returns>Whether the client is still there.</returns>
    private static async ValueTask<bool> FlushAsync(HttpContext context, PipeWriter body)
    {
        var flushed = await body.FlushAsync(context.RequestAborted);
        return !flushed.IsCompleted && !context.RequestAborted.IsCancellationRequested;
    }
}
