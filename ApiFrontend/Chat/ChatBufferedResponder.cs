using FlowGpt.ApiFrontend.Conversations;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>Serves a chat completion as one JSON object: nothing goes out before the end, so every failure has its own HTTP status.</summary>
internal sealed class ChatBufferedResponder
{
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);

    /// <summary>A reply that takes longer than this is read in larger steps: nobody sees its pieces.</summary>
    private static readonly TimeSpan Unhurried = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;

    public ChatBufferedResponder(TimeProvider time) => _time = time;

    public async Task ServeAsync(ApiRequest request, TurnFollower follower, CachedModel model)
    {
        var context = request.Context;
        using var text = new PooledBytes();
        var generation = follower.Generation;
        while (true)
        {
            var step = await follower.NextAsync(LongestRead, mayRestart: true);
            request.Note(follower, step);
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
                text.Clear();
            }

            JsonText.WriteEscaped(text, step.Slice!.Text);
            if (step.IsCompleted)
            {
                await FinishAsync(context.Response, follower, model, step.Slice.Outcome, text);
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
        PooledBytes text
    )
    {
        RateLimitHeaders.Set(response.Headers, follower.KeyHeadroom is null ? follower.Serving?.Headroom : null);
        var completion = new ChatCompletion(
            follower.ResponseId,
            follower.CreatedAt,
            model,
            outcome?.FinishReason ?? FinishReason.Stop,
            outcome?.Usage ?? default
        );
        ChatCompletionWriter.Write(response, completion, text.Written.Span);
        await response.BodyWriter.FlushAsync();
    }
}
