using System.Buffers;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Replies;

namespace FlowGpt.Grains.Upstreams.Decorators;

/// <summary>
/// Cleans a reply's text prefix and ends the reply at stop strings and an output limit, for an upstream that does not do so itself. The rules are
/// <see cref="ReplyFilter"/>'s; events other than text pass unchanged.
/// </summary>
internal sealed class FilteredUpstream(IUpstream inner, bool cleanPrefix, ImmutableArray<string> stop, int? limit) : IUpstream
{
    public async Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken) =>
        new FilteredReply(await inner.OpenAsync(call, cancellationToken), new ReplyFilter(cleanPrefix, stop, limit));

    private sealed class FilteredReply(IUpstreamReply inner, ReplyFilter filter) : IUpstreamReply, ITurnEventSink
    {
        private readonly ArrayBufferWriter<byte> _filtered = new(512);
        private ITurnEventSink _events = null!;

        // The message whose text is being filtered. Null before the first. Its start is given on with what follows: text that is held back, and
        // then not served because the reply breaks, must not keep the turn from another account.
        private int? _message;
        private bool _isStarted;
        private bool _hasEnded;
        private bool _isCut;
        private long _received;
        private long _served;

        public TokenUsage? Usage => _isCut ? null : inner.Usage;

        public FinishReason FinishReason => filter.Ended ?? inner.FinishReason;

        public bool IsWhole => !_isCut && inner.IsWhole;

        public long DroppedBytes => _isCut ? _received - _served : 0;

        public string? ConversationId => inner.ConversationId;

        public RateLimitReport? RateLimits => inner.RateLimits;

        public async ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken)
        {
            _events = events;
            var more = await inner.ReadAsync(this, cancellationToken);
            if (_isCut || more)
            {
                return !_isCut && more;
            }

            if (_message is { } open && !_hasEnded)
            {
                Flush(open);
            }

            return false;
        }

        public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
        {
            if (_isCut)
            {
                _received += payload.Length;
                return;
            }

            switch (kind)
            {
                case EventKind.MessageStarted:
                    SwitchTo(item, isStarted: false);
                    break;
                case EventKind.TextDelta:
                    SwitchTo(item, isStarted: true);
                    AppendText(item, payload);
                    break;
                case EventKind.ItemEnded when item == _message:
                    EndMessage();
                    break;
                default:
                    StartMessage();
                    _events.Append(kind, item, payload);
                    break;
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        /// <summary>Continues with another message. What is held back of the message before is released first.</summary>
        private void SwitchTo(int item, bool isStarted)
        {
            if (item == _message)
            {
                return;
            }

            if (_message is { } before)
            {
                if (!_hasEnded)
                {
                    Flush(before);
                }

                filter.NextMessage();
            }

            (_message, _isStarted, _hasEnded) = (item, isStarted, false);
        }

        private void AppendText(int item, ReadOnlySpan<byte> text)
        {
            _received += text.Length;
            if (_isCut)
            {
                return;
            }

            filter.Append(text, _filtered);
            Serve(item);
            if (filter.Ended is not null)
            {
                Cut(item);
            }
        }

        private void EndMessage()
        {
            if (_message is { } item && !_isCut && !_hasEnded)
            {
                _hasEnded = true;
                Flush(item);
                if (!_isCut)
                {
                    StartMessage();
                    _events.Append(EventKind.ItemEnded, item, []);
                }
            }
        }

        /// <summary>Gives on what is held back. The end of a text may itself complete a stop string or pass the limit.</summary>
        private void Flush(int item)
        {
            filter.Finish(_filtered);
            Serve(item);
            if (filter.Ended is not null)
            {
                Cut(item);
            }
            else
            {
                StartMessage();
            }
        }

        private void Cut(int item)
        {
            _isCut = true;
            StartMessage();
            _events.Append(EventKind.ItemEnded, item, []);
        }

        private void StartMessage()
        {
            if (_message is { } item && !_isStarted)
            {
                _isStarted = true;
                _events.Append(EventKind.MessageStarted, item, []);
            }
        }

        private void Serve(int item)
        {
            if (_filtered.WrittenCount > 0)
            {
                StartMessage();
                _served += _filtered.WrittenCount;
                _events.Append(EventKind.TextDelta, item, _filtered.WrittenSpan);
                _filtered.ResetWrittenCount();
            }
        }
    }
}
