using System.Buffers;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.AI;

namespace FlowGpt.Grains.Upstreams.ChatClient;

/// <summary>A foreign chat client's reply as events. A surrogate pair split over two updates comes out whole.</summary>
internal sealed class ChatClientReply : IUpstreamReply
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _opener;
    private readonly CancellationToken _openToken;
    private readonly ChatClientFailures _failures;
    private readonly Encoder _encoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetEncoder();
    private IAsyncEnumerator<ChatResponseUpdate>? _updates;
    private Task<bool>? _next;
    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private int _items;
    private int? _message;
    private bool _calls;
    private ChatFinishReason? _finish;
    private UsageDetails? _usage;
    private bool _ended;

    public ChatClientReply(ChatClientFailures failures, CancellationToken openToken)
    {
        _failures = failures;
        _openToken = openToken;
        _opener = openToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _cancellation);
    }

    /// <inheritdoc />
    public FinishReason FinishReason =>
        _finish == ChatFinishReason.Length ? FinishReason.Length
        : _finish == ChatFinishReason.ContentFilter ? FinishReason.ContentFilter
        : _calls ? FinishReason.ToolCalls
        : FinishReason.Stop;

    /// <inheritdoc />
    public TokenUsage? Usage =>
        _usage is { InputTokenCount: { } input, OutputTokenCount: { } output } usage
            ? new TokenUsage(
                ToInt(input),
                ToInt(output),
                ToInt(usage.CachedInputTokenCount ?? 0),
                ToInt(usage.ReasoningTokenCount ?? 0),
                UsageOrigin.Reported
            )
            : null;

    /// <summary>Begins the reply and waits for its first update.</summary>
    public async Task BeginAsync(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> begin)
    {
        try
        {
            _updates = begin(_cancellation.Token).GetAsyncEnumerator(_cancellation.Token);
            _next = _updates.MoveNextAsync().AsTask();
        }
        catch (Exception failure)
        {
            throw _failures.From(failure);
        }

        await AwaitAsync(_next, _openToken);
    }

    /// <inheritdoc />
    public async ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken)
    {
        using var cancellation = cancellationToken.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).Cancel(),
            _cancellation
        );
        var given = false;
        while (!_ended && (!given || _next!.IsCompleted))
        {
            if (given && !_next!.IsCompletedSuccessfully)
            {
                // What came first; the failure is for the next read.
                break;
            }

            if (await AwaitAsync(_next!, cancellationToken))
            {
                ThrowIfError(_updates!.Current);
                given |= Give(_updates.Current, events);
                _next = _updates.MoveNextAsync().AsTask();
            }
            else
            {
                _ended = true;
                EncodeText("", flush: true);
                GiveText(events);
                EndMessage(events);
            }
        }

        return _items > 0 ? !_ended : throw new UpstreamException(UpstreamFailures.EmptyReply(null));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _opener.Unregister();
        await _cancellation.CancelAsync();
        try
        {
            // An enumerator may not be disposed while it moves.
            if (_next is not null)
            {
                await _next;
            }

            if (_updates is not null)
            {
                await _updates.DisposeAsync();
            }
        }
        catch (Exception)
        {
            // The reply is over; how the client takes it changes nothing.
        }
    }

    // Some clients report a failure inside a reply as a part of it.
    private void ThrowIfError(ChatResponseUpdate update)
    {
        if (update.Contents.Any(content => content is ErrorContent))
        {
            _ended = true;
            throw _failures.From(new InvalidOperationException("The reply holds an error."));
        }
    }

    private bool Give(ChatResponseUpdate update, ITurnEventSink events)
    {
        var before = _items;
        _finish = update.FinishReason ?? _finish;
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent text:
                    EncodeText(text.Text, flush: false);
                    break;
                case FunctionCallContent call:
                    GiveText(events);
                    EndMessage(events);
                    GiveCall(call, events);
                    break;
                case UsageContent usage:
                    _usage = usage.Details;
                    break;
            }
        }

        return GiveText(events) || _items > before;
    }

    private void GiveCall(FunctionCallContent call, ITurnEventSink events)
    {
        var item = _items++;
        _calls = true;
        new ToolCallHead(ToolKind.Function, call.CallId, call.Name).Write(_bytes);
        events.Append(EventKind.ToolCallStarted, item, _bytes.WrittenSpan);
        _bytes.ResetWrittenCount();
        events.Append(EventKind.ArgumentsDelta, item, Encoding.UTF8.GetBytes(AiMessages.ToJson(call.Arguments)));
        events.Append(EventKind.ItemEnded, item, []);
    }

    private bool GiveText(ITurnEventSink events)
    {
        if (_bytes.WrittenCount == 0)
        {
            return false;
        }

        if (_message is null)
        {
            _message = _items++;
            events.Append(EventKind.MessageStarted, _message.Value, []);
        }

        events.Append(EventKind.TextDelta, _message.Value, _bytes.WrittenSpan);
        _bytes.ResetWrittenCount();
        return true;
    }

    private void EndMessage(ITurnEventSink events)
    {
        if (_message is { } message)
        {
            events.Append(EventKind.ItemEnded, message, []);
            _message = null;
        }
    }

    private void EncodeText(string text, bool flush)
    {
        if (text.Length > 0 || flush)
        {
            _bytes.Advance(_encoder.GetBytes(text, _bytes.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)), flush));
        }
    }

    private static int ToInt(long count) => ReportedTokens.Of(count);

    private async Task<bool> AwaitAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        try
        {
            return await next;
        }
        catch (Exception failure)
        {
            _ended = true;
            cancellationToken.ThrowIfCancellationRequested();
            _openToken.ThrowIfCancellationRequested();
            throw _failures.From(failure);
        }
    }
}
