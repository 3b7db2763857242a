using System.Buffers;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Decorators.Schema;

/// <summary>What a reply in JSON needs.</summary>
/// <param name="Check">Checks the text.</param>
/// <param name="Upstream">The upstream, as text.</param>
/// <param name="Call">The call that the reply answers, as text.</param>
/// <param name="FailsLoudly">Whether text in another form is an error.</param>
internal sealed record SchemaReplySetting(FormatCheck Check, IUpstream Upstream, UpstreamCall Call, bool FailsLoudly);

/// <summary>A reply whose text is held back until it is known to be in the form asked for; calls and reasoning pass.</summary>
internal sealed class SchemaReply(IUpstreamReply inner, SchemaReplySetting setting) : IUpstreamReply, ITurnEventSink
{
    private const int Message = -1;

    private readonly ArrayBufferWriter<byte> _text = new(512);
    private readonly Dictionary<int, int> _items = [];
    private readonly ArrayBufferWriter<byte> _refusal = new(16);
    private ITurnEventSink _events = null!;
    private int _next;
    private bool _hasCalls;
    private bool _isAnother;

    public TokenUsage? Usage => inner.Usage;

    public FinishReason FinishReason => inner.FinishReason;

    // JSON taken out of the upstream's text says the same; a second answer, or text left out, does not.
    public bool IsWhole => !_isAnother && inner.IsWhole;

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

        var text = Encoding.UTF8.GetString(_text.WrittenSpan);
        Give(await FormAsync(text, cancellationToken));
        return false;
    }

    public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
    {
        switch (kind)
        {
            case EventKind.MessageStarted:
                _items[item] = Message;
                break;
            case EventKind.TextDelta when IsMessage(item):
                _text.Write(payload);
                break;
            case EventKind.RefusalDelta when IsMessage(item):
                _refusal.Write(payload);
                break;
            case EventKind.ItemEnded or EventKind.Logprobs or EventKind.Extension when IsMessage(item):
                break;
            default:
                Pass(kind, item, payload);
                break;
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private bool IsMessage(int item) => _items.GetValueOrDefault(item) == Message;

    /// <summary>The text to give; empty for none.</summary>
    private async ValueTask<string> FormAsync(string text, CancellationToken cancellationToken)
    {
        var (json, problem) = setting.Check.Read(text);
        if (json is not null)
        {
            return json;
        }

        _isAnother = true;
        if (_hasCalls || _refusal.WrittenCount > 0)
        {
            // Words around calls are not the answer.
            return "";
        }

        if (inner.FinishReason is FinishReason.Length or FinishReason.ContentFilter)
        {
            return setting.FailsLoudly ? "" : text;
        }

        if (setting.Call.Further is { } further)
        {
            var branch = setting.Call with
            {
                Context =
                [
                    .. setting.Call.Context,
                    MessageItem.Of(MessageRole.Assistant, text),
                    MessageItem.Of(MessageRole.User, SchemaPrompt.AskAgain(problem!)),
                ],
                ConversationId = null,
            };
            if (
                await further.AskAsync(setting.Upstream, branch, cancellationToken) is { } answer
                && setting.Check.Read(answer).Json is { } second
            )
            {
                return second;
            }
        }

        return setting.FailsLoudly
            ? throw new UpstreamException(
                UpstreamFailures.Unfit($"The model's reply is not in the form asked for, and a second attempt was not either: {problem}")
            )
            : text;
    }

    private void Give(string text)
    {
        if (_hasCalls && text.Length == 0)
        {
            return;
        }

        var item = _next++;
        _events.Append(EventKind.MessageStarted, item, []);
        _events.Append(EventKind.TextDelta, item, Encoding.UTF8.GetBytes(text));
        _events.Append(EventKind.RefusalDelta, item, _refusal.WrittenSpan);
        _events.Append(EventKind.ItemEnded, item, []);
    }

    /// <summary>Gives on an event of an item that is no message.</summary>
    private void Pass(EventKind kind, int item, ReadOnlySpan<byte> payload)
    {
        if (!_items.TryGetValue(item, out var given))
        {
            if (kind is not (EventKind.ReasoningStarted or EventKind.ToolCallStarted or EventKind.OpaqueItem))
            {
                return;
            }

            given = _next++;
            _items.Add(item, given);
            _hasCalls |= kind == EventKind.ToolCallStarted;
        }

        _events.Append(kind, given, payload);
    }
}
