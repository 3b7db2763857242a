using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Reads the events of a streamed message, or a whole message as one object, and gives their contents to <see cref="MessageItems"/>.</summary>
/// <param name="turn">The turn.</param>
/// <param name="seal">Seals the provider's signatures for the client; null for a client that speaks this dialect.</param>
/// <param name="httpStatus">The answer's status.</param>
internal sealed class MessageEventReader(TurnRequest turn, Func<string, string>? seal, int httpStatus) : IReplyReader
{
    private static readonly JsonReaderOptions Json = new() { MaxDepth = 256 };

    private readonly MessageItems _items = new(turn.Tools, seal);
    private readonly MessageEnd _end = new(seal is null);
    private readonly bool _isNative = seal is null;
    private bool _hasStopped;

    public UpstreamFailure? Failure { get; private set; }

    public TokenUsage? Usage => _end.Usage;

    public bool HasFinished => _hasStopped || _end.Finish is not null;

    public int Given => _items.Given;

    public void Begin(ITurnEventSink events) => _items.Begin(events);

    public void Flush() => _items.Flush();

    public void Read(ReadOnlySpan<byte> data, bool isError = false)
    {
        if (isError)
        {
            Fail(data);
            return;
        }

        try
        {
            ReadEvent(data);
        }
        catch (Exception invalid)
            when (invalid is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            Failure ??= UpstreamFailures.InvalidBody(httpStatus);
        }
    }

    public UpstreamFailure? Complete(bool isDone, bool isWholeObject, out FinishReason reason)
    {
        reason = _end.Finish ?? FinishReason.Stop;
        if (_end.Finish is null)
        {
            return _end.HasUnknownReason ? UpstreamFailures.UnknownEnd(httpStatus)
                : _items.HasItems ? AnthropicFailures.Unfinished(httpStatus)
                : UpstreamFailures.EmptyReply(httpStatus);
        }

        if (_end.Finish is FinishReason.ToolCalls or FinishReason.Stop && _items.HasBrokenCall)
        {
            return UpstreamFailures.BrokenCall(httpStatus);
        }

        _items.Complete();
        if (_isNative)
        {
            _items.Extension(_end.ToEvent());
        }

        _items.Flush();
        reason = _items.HasWholeCalls && reason == FinishReason.Stop ? FinishReason.ToolCalls : reason;
        return null;
    }

    private void ReadEvent(ReadOnlySpan<byte> data)
    {
        var parts = EventParts.Read(new Utf8JsonReader(data, Json));
        switch (parts.Type)
        {
            case EventType.BlockDelta:
                ReadDelta(parts);
                break;
            case EventType.BlockStart:
                GiveStart();
                _items.Start(parts.Index, Parse(ref parts.Block));
                break;
            case EventType.BlockStop:
                _items.Stop(parts.Index);
                break;
            case EventType.MessageStart:
                _end.TakeStart(Parse(ref parts.Message));
                break;
            case EventType.MessageDelta:
                _end.TakeDelta(parts.HasDelta ? Parse(ref parts.Delta) : default, parts.HasUsage ? Parse(ref parts.Usage) : default);
                break;
            case EventType.MessageStop:
                _hasStopped = true;
                break;
            case EventType.Error:
                Fail(data);
                break;
            case EventType.Message:
                var whole = new Utf8JsonReader(data, Json);
                ReadWhole(Parse(ref whole));
                break;
        }
    }

    private void ReadDelta(EventParts parts)
    {
        if (!parts.HasDelta)
        {
            return;
        }

        var delta = DeltaParts.Read(parts.Delta);
        if (delta.Kind != DeltaKind.Other)
        {
            _items.Delta(parts.Index, delta.Kind, delta.Text, delta.IsEscaped);
        }
        else if (_isNative && delta.IsCitation)
        {
            _items.Citation(parts.Index, Parse(ref parts.Delta));
        }
    }

    /// <summary>A server that does not stream: the message as the events would have brought it.</summary>
    private void ReadWhole(JsonElement message)
    {
        _end.TakeStart(message);
        GiveStart();
        var index = 0;
        foreach (var block in message.GetProperty("content").EnumerateArray())
        {
            _items.Start(index, block);
            _items.Stop(index++);
        }

        _end.TakeDelta(message, default);
    }

    // Not before there is content: what was given keeps the turn from another account.
    private void GiveStart()
    {
        if (_isNative && !_items.HasItems && _end.ToStartEvent() is { } start)
        {
            _items.Extension(start);
        }
    }

    private static JsonElement Parse(ref Utf8JsonReader json) => LoneSurrogates.Replaced(JsonElement.ParseValue(ref json));

    private void Fail(ReadOnlySpan<byte> error) =>
        Failure ??= AnthropicFailures.InsideReply(httpStatus, AnthropicError.Read(error.ToArray()));
}
