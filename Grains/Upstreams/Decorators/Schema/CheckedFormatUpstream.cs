using System.Buffers;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Decorators.Schema;

/// <summary>
/// Checks the replies of an upstream that is to keep to a format itself. Every event passes at once and unchanged; when the reply has ended by itself and its last
/// message is not in the format, reading fails, so that such a reply never ends as a complete reply.
/// </summary>
/// <param name="inner">The upstream.</param>
/// <param name="check">Null to demand a JSON object of any form.</param>
internal sealed class CheckedFormatUpstream(IUpstream inner, SchemaCheck? check) : IUpstream
{
    /// <summary>The upstream with the check that a format asks for: of a strict schema, or of a JSON object; itself where there is nothing to check, or nothing that can be.</summary>
    public static IUpstream Around(IUpstream upstream, ResponseFormat? format) =>
        format switch
        {
            { Kind: ResponseFormatKind.JsonObject } => new CheckedFormatUpstream(upstream, null),
            // A schema that this side cannot read is the provider's to accept or to refuse.
            { Kind: ResponseFormatKind.JsonSchema, Strict: true, Schema: { } schema }
                when SchemaCheck.Build(schema, isStrict: true).Check is { } check => new CheckedFormatUpstream(upstream, check),
            _ => upstream,
        };

    public async Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken) =>
        new CheckedReply(await inner.OpenAsync(call, cancellationToken), check);

    private sealed class CheckedReply(IUpstreamReply inner, SchemaCheck? check) : IUpstreamReply, ITurnEventSink
    {
        private readonly ArrayBufferWriter<byte> _text = new(512);
        private ITurnEventSink _events = null!;
        private int _message = -1;
        private bool _hasOtherEnd;

        public TokenUsage? Usage => inner.Usage;

        public FinishReason FinishReason => inner.FinishReason;

        public bool IsWhole => inner.IsWhole;

        public long DroppedBytes => inner.DroppedBytes;

        public string? ConversationId => inner.ConversationId;

        public RateLimitReport? RateLimits => inner.RateLimits;

        public async ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken)
        {
            _events = events;
            if (await inner.ReadAsync(this, cancellationToken))
            {
                return true;
            }

            // A refusal, a call and a reply that was cut say themselves that there is no answer in the format.
            if (
                _message >= 0
                && !_hasOtherEnd
                && inner.FinishReason == FinishReason.Stop
                && ProblemOf(Encoding.UTF8.GetString(_text.WrittenSpan)) is { } problem
            )
            {
                throw new UpstreamException(
                    UpstreamFailures.Unfit($"The model's reply is not in the format that the request demands: {problem}")
                );
            }

            return false;
        }

        public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
        {
            switch (kind)
            {
                case EventKind.MessageStarted:
                    _message = item;
                    _text.ResetWrittenCount();
                    break;
                case EventKind.TextDelta when item == _message:
                    _text.Write(payload);
                    break;
                case EventKind.ToolCallStarted:
                case EventKind.RefusalDelta when !payload.IsEmpty:
                    _hasOtherEnd = true;
                    break;
            }

            _events.Append(kind, item, payload);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private string? ProblemOf(string text) =>
            check is not null ? check.ProblemOf(text)
            : SchemaCheck.IsObject(text) ? null
            : "It is no JSON object.";
    }
}
