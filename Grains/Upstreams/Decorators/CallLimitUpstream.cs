using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Decorators;

/// <summary>Leaves out the tool calls of a reply beyond the number that the client allows, for an upstream that does not keep to the number itself.</summary>
internal sealed class CallLimitUpstream(IUpstream inner, int most) : IUpstream
{
    public async Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken) =>
        new LimitedReply(await inner.OpenAsync(call, cancellationToken), most);

    private sealed class LimitedReply(IUpstreamReply inner, int most) : IUpstreamReply, ITurnEventSink
    {
        private const int LeftOut = -1;

        // The number that each item of the inner reply has in this reply.
        private readonly List<int> _numbers = [];
        private ITurnEventSink _events = null!;
        private int _next;
        private int _calls;

        public TokenUsage? Usage => inner.Usage;

        public FinishReason FinishReason => inner.FinishReason;

        public bool IsWhole => inner.IsWhole && _calls <= most;

        public long DroppedBytes => inner.DroppedBytes;

        public string? ConversationId => inner.ConversationId;

        public RateLimitReport? RateLimits => inner.RateLimits;

        public ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken)
        {
            _events = events;
            return inner.ReadAsync(this, cancellationToken);
        }

        public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
        {
            if (kind is EventKind.MessageStarted or EventKind.ReasoningStarted or EventKind.ToolCallStarted or EventKind.OpaqueItem)
            {
                var isBeyond = kind == EventKind.ToolCallStarted && ++_calls > most;
                _numbers.Add(isBeyond ? LeftOut : _next++);
            }

            var number = item < _numbers.Count ? _numbers[item] : item;
            if (number != LeftOut)
            {
                _events.Append(kind, number, payload);
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
