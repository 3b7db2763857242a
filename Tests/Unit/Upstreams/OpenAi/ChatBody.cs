using System.Text;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Http;
using FlowGpt.Grains.Upstreams.OpenAi;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>Reads bodies of replies as the product does, without a server.</summary>
internal static class ChatBody
{
    /// <summary>What a body gave.</summary>
    public sealed record Outcome(RecordedReply Events, FinishReason? Finish, TokenUsage? Usage, UpstreamFailure? Failure)
    {
        public string Text => Events.Text;
    }

    public static string Chunk(string delta, string finish = "null") =>
        $$"""{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""";

    public static string Event(string data) => $"data: {data}\n\n";

    /// <summary>A stream of deltas that ends as it should.</summary>
    public static string Stream(params string[] deltas) =>
        string.Concat(deltas.Select(delta => Event(Chunk(delta)))) + Event(Chunk("{}", "\"stop\"")) + Event("[DONE]");

    public static Task<Outcome> ReadAsync(string body, int pieceLength = int.MaxValue, OpenAiOptions? options = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(body), pieceLength, options);

    /// <summary>Reads a body that comes in pieces of a length.</summary>
    public static async Task<Outcome> ReadAsync(byte[] body, int pieceLength = int.MaxValue, OpenAiOptions? options = null)
    {
        var calls = 0;
        var events = new RecordedReply();
        var time = new FakeTimeProvider();
        var deadline = new ReplyDeadline(time, TimeSpan.FromHours(1), TestDeadline.Token);
        deadline.Begin(FailureReason.FirstByteTimeout, TimeSpan.FromMinutes(1));
        await using var reply = new OpenAiReply(
            new HttpResponseMessage(),
            new PieceStream(body, pieceLength),
            deadline,
            new OpenAiLimits(options ?? new OpenAiOptions()),
            static _ => { },
            () => $"made_{++calls}",
            TestDeadline.Token
        );
        try
        {
            var more = true;
            while (more)
            {
                var before = events.Events.Count;
                more = await reply.ReadAsync(events, TestDeadline.Token);
                Assert.True(!more || events.Events.Count > before, "A read gave nothing and said that more follows.");
            }

            return new Outcome(events, reply.FinishReason, reply.Usage, null);
        }
        catch (UpstreamException exception)
        {
            return new Outcome(events, null, reply.Usage, exception.Failure);
        }
    }

    private sealed class PieceStream(byte[] body, int pieceLength) : MemoryStream(body)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer.Length > pieceLength ? buffer[..pieceLength] : buffer, cancellationToken);
    }
}
