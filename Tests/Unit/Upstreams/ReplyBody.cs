using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Http;
using FlowGpt.Tests.Unit.Upstreams.OpenAi;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Upstreams;

/// <summary>Reads bodies of replies as an upstream does.</summary>
internal static class ReplyBody
{
    /// <summary>Reads a body that comes in pieces of a length.</summary>
    public static async Task<Outcome> ReadAsync(
        byte[] body,
        IReplyReader reader,
        UpstreamCallOptions options,
        int pieceLength = int.MaxValue
    )
    {
        var events = new RecordedReply();
        var deadline = new ReplyDeadline(new FakeTimeProvider(), TimeSpan.FromHours(1), TestDeadline.Token);
        deadline.Begin(FailureReason.FirstByteTimeout, TimeSpan.FromMinutes(1));
        await using var reply = new StreamedReply(
            new HttpResponseMessage(),
            new PieceStream(body, pieceLength),
            deadline,
            new CallLimits(options),
            reader,
            null,
            static _ => { },
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

    /// <summary>What a reply gave.</summary>
    internal sealed record Outcome(RecordedReply Events, FinishReason? Finish, TokenUsage? Usage, UpstreamFailure? Failure)
    {
        public string Text => Events.Text;
    }

    private sealed class PieceStream(byte[] body, int pieceLength) : MemoryStream(body)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer.Length > pieceLength ? buffer[..pieceLength] : buffer, cancellationToken);
    }
}
