using System.Buffers;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>Serves a response as one JSON object: nothing goes out before the end, so every failure has its own HTTP status.</summary>
internal sealed class WholeResponder
{
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);

    /// <summary>A reply that takes longer than this is read in larger steps: its pieces are not sent.</summary>
    private static readonly TimeSpan Unhurried = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;

    public WholeResponder(TimeProvider time) => _time = time;

    public async Task ServeAsync(ApiRequest request, TurnFollower follower, IDialect dialect, DialectRequest asked, CachedModel model)
    {
        var context = request.Context;
        using var renderer = dialect.RenderWhole(asked);
        var generation = follower.Generation;
        while (true)
        {
            var step = await follower.NextAsync(LongestRead, mayRestart: true);
            request.Note(follower.ResponseId, follower.Serving, step.Slice);
            if (context.RequestAborted.IsCancellationRequested)
            {
                request.Outcome = "disconnected";
                return;
            }

            if (step.Error is { } error)
            {
                await request.RefuseAsync(error);
                return;
            }

            if (generation != follower.Generation)
            {
                generation = follower.Generation;
                renderer.Clear();
            }

            foreach (var entry in step.Slice!.Events)
            {
                renderer.Add(entry);
            }

            if (step.IsCompleted)
            {
                await FinishAsync(context.Response, follower, model, step.Slice.Outcome, renderer);
                return;
            }

            if (request.TimeToFirstToken is { } first && request.Elapsed - first > Unhurried)
            {
                await Task.Delay(Pause, _time, context.RequestAborted);
            }
        }
    }

    private static async ValueTask FinishAsync(
        HttpResponse response,
        TurnFollower follower,
        CachedModel model,
        ResponseOutcome? outcome,
        IWholeRenderer renderer
    )
    {
        RateLimitHeaders.Set(response.Headers, follower.KeyHeadroom is null ? follower.Serving?.Headroom : null);
        var head = new ResponseHead(follower.ResponseId, follower.CreatedAt, model, follower.PromptTokens);
        renderer.EndedAt = outcome?.EndedAt;
        await SendAsync(
            response,
            output => renderer.Write(output, head, outcome?.FinishReason ?? FinishReason.Stop, outcome?.Usage ?? default)
        );
    }

    /// <summary>Sends the bytes of one JSON value.</summary>
    public static async ValueTask SendAsync(HttpResponse response, Action<IBufferWriter<byte>> write)
    {
        using var body = new PooledBytes();
        write(body);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        response.BodyWriter.Write(body.Written.Span);
        await response.BodyWriter.FlushAsync();
    }
}
