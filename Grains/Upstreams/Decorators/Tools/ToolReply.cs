using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>A reply of text, read as messages, reasoning and calls. White space is held back until it is known not to surround a call.</summary>
internal sealed class ToolReply : IUpstreamReply, ITurnEventSink, IToolReplySink
{
    private const int MostSaid = 16 * 1024;

    private readonly IUpstreamReply _inner;
    private readonly ToolSet _tools;
    private readonly ToolRepair _repair;
    private readonly bool _failsLoudly;
    private readonly ToolReplyParser _parser;
    private readonly ArrayBufferWriter<byte> _said = new(256);
    private readonly ArrayBufferWriter<byte> _space = new(16);
    private readonly Dictionary<int, int> _items = [];
    private ITurnEventSink _events = null!;
    private int _next;
    private int? _open;
    private EventKind _openKind;
    private readonly List<ToolCallText> _calls = [];

    /// <summary>What came from the first broken call on, in order; empty before.</summary>
    private readonly List<Held> _held = [];
    private bool _hasText;
    private bool _hasMessage;
    private bool _isCut;
    private bool _hasDropped;

    public ToolReply(IUpstreamReply inner, ToolSet tools, ToolRepair repair, bool failsLoudly)
    {
        _inner = inner;
        _tools = tools;
        _repair = repair;
        _failsLoudly = failsLoudly;
        _parser = new(tools, this);
    }

    public TokenUsage? Usage => _isCut ? null : _inner.Usage;

    public FinishReason FinishReason =>
        _calls.Count > 0 && (_isCut || _inner.FinishReason == FinishReason.Stop) ? FinishReason.ToolCalls : _inner.FinishReason;

    // The upstream's conversation holds what the client has not: a block that was no call, or a made-up result.
    public bool IsWhole => !_isCut && !_hasDropped && _inner.IsWhole;

    /// <summary>What a limit cut off cannot be mended by asking again.</summary>
    private bool IsLimited => _inner.FinishReason is FinishReason.Length or FinishReason.ContentFilter;

    public long DroppedBytes => _inner.DroppedBytes;

    public string? ConversationId => _inner.ConversationId;

    public RateLimitReport? RateLimits => _inner.RateLimits;

    public async ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken)
    {
        _events = events;
        var more = await _inner.ReadAsync(this, cancellationToken);
        if (more && !_isCut)
        {
            return true;
        }

        if (!_isCut)
        {
            _parser.Finish();
        }

        GiveHeld(await RepairAsync(cancellationToken));
        End();
        return false;
    }

    public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
    {
        switch (kind)
        {
            case var _ when _isCut:
                break;
            case EventKind.MessageStarted:
                _items[item] = -1;
                _hasMessage = true;
                break;
            case EventKind.TextDelta when _items.GetValueOrDefault(item) == -1:
                _said.Write(payload[..Math.Min(payload.Length, Math.Max(0, MostSaid - _said.WrittenCount))]);
                _parser.Push(payload);
                break;
            case EventKind.RefusalDelta when _items.GetValueOrDefault(item) == -1:
                Open(EventKind.MessageStarted);
                _events.Append(kind, _open!.Value, payload);
                break;
            case EventKind.ItemEnded or EventKind.Logprobs when _items.GetValueOrDefault(item) == -1:
                break;
            default:
                Pass(kind, item, payload);
                break;
        }
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    void IToolReplySink.Text(ReadOnlySpan<byte> text)
    {
        if (!_isCut && !Hold(text))
        {
            GiveText(text);
        }
    }

    void IToolReplySink.Thought(ReadOnlySpan<byte> text)
    {
        // The upstream's conversation has the thoughts, a client may not send them again: what is not sent upstream cannot differ.
        Open(EventKind.ReasoningStarted);
        _events.Append(EventKind.ReasoningDelta, _open!.Value, text);
    }

    void IToolReplySink.Call(ToolCallText call)
    {
        if (!_tools.Parallel && Kept().Any())
        {
            _isCut = true;
        }

        if (!_isCut && !Hold(call))
        {
            Give(call);
        }
    }

    void IToolReplySink.Broken(BrokenCall block)
    {
        _hasDropped = true;
        _held.Add(new(Broken: block));
    }

    /// <summary>The calls that could be read, those that are held back too.</summary>
    private IEnumerable<ToolCallText> Kept() => _calls.Concat(_held.Select(static held => held.Call).OfType<ToolCallText>());

    private void GiveText(ReadOnlySpan<byte> text)
    {
        var end = text.LastIndexOfAnyExcept(" \t\r\n"u8) + 1;
        if (end > 0)
        {
            Open(EventKind.MessageStarted);
            _hasText = true;
            if (_space.WrittenCount > 0)
            {
                _events.Append(EventKind.TextDelta, _open!.Value, _space.WrittenSpan);
                _space.ResetWrittenCount();
            }

            _events.Append(EventKind.TextDelta, _open!.Value, text[..end]);
        }

        _space.Write(text[end..]);
    }

    private void Give(ToolCallText call)
    {
        Close();
        if (!_hasText)
        {
            _space.ResetWrittenCount();
        }

        var head = new ArrayBufferWriter<byte>(64);
        new ToolCallHead(call.Kind, ToolUpstream.NewCallId(), call.Tool).Write(head);
        _events.Append(EventKind.ToolCallStarted, _next, head.WrittenSpan);
        _events.Append(EventKind.ArgumentsDelta, _next, Encoding.UTF8.GetBytes(call.Arguments));
        _events.Append(EventKind.ItemEnded, _next, []);
        _next++;
        _calls.Add(call);
    }

    /// <summary>Text and calls behind a broken call wait until it is known what stands in its place.</summary>
    private bool Hold(ReadOnlySpan<byte> text)
    {
        if (_held.Count > 0)
        {
            _held.Add(new(Text: text.ToArray()));
        }

        return _held.Count > 0;
    }

    private bool Hold(ToolCallText call)
    {
        if (_held.Count > 0)
        {
            _held.Add(new(Call: call));
        }

        return _held.Count > 0;
    }

    /// <summary>The calls of a second answer; empty when the model need not or cannot be asked.</summary>
    private async ValueTask<ImmutableArray<ToolCallText>> RepairAsync(CancellationToken cancellationToken)
    {
        BrokenCall[] broken = [.. _held.Select(static held => held.Broken).OfType<BrokenCall>()];
        ToolCallText[] kept = [.. Kept()];
        var isNeeded = broken.Length > 0 ? _tools.Parallel || kept.Length == 0 : _tools.MustCall && kept.Length == 0;
        if (!isNeeded || _isCut || IsLimited)
        {
            return [];
        }

        var (said, request) =
            broken.Length > 0
                ? (
                    string.Join('\n', broken.Select(static block => ToolProtocol.Broken(block.Body))),
                    ToolProtocol.AskAgain(string.Join(' ', broken.Select(static block => block.Problem).Distinct()))
                )
                : (Encoding.UTF8.GetString(_said.WrittenSpan), ToolProtocol.AskForCall(_tools));
        _hasDropped = true;
        var calls = RepairedCalls.Of(kept, broken, await _repair.AskAsync(said, request, cancellationToken));
        return calls.IsEmpty && _failsLoudly
            ? throw new UpstreamException(
                UpstreamFailures.Unfit("The model's tool call could not be read, and a second attempt gave none.")
            )
            : calls;
    }

    /// <summary>Gives what was held back, with the calls of the second answer in place of the broken calls.</summary>
    private void GiveHeld(ImmutableArray<ToolCallText> repaired)
    {
        var next = 0;
        foreach (var held in _held)
        {
            if (held.Text is { } text)
            {
                GiveText(text);
            }
            else if (held.Call is { } call)
            {
                Give(call);
            }
            else if (held.Broken is { } block)
            {
                var most = Math.Min(repaired.Length, next + block.Calls);
                if (most == next && !(IsLimited && block.IsCut))
                {
                    GiveText(Encoding.UTF8.GetBytes(ProtocolText.WithoutTags(block.Body).Trim()));
                }

                for (; next < most; next++)
                {
                    Give(repaired[next]);
                }
            }
        }

        for (; next < repaired.Length; next++)
        {
            Give(repaired[next]);
        }
    }

    private void End()
    {
        if (_space.WrittenCount > 0 && _calls.Count == 0 && !_hasDropped)
        {
            Open(EventKind.MessageStarted);
            _events.Append(EventKind.TextDelta, _open!.Value, _space.WrittenSpan);
        }

        Close();
        if (_next == 0 && _hasMessage)
        {
            Open(EventKind.MessageStarted);
            Close();
        }
    }

    private void Open(EventKind kind)
    {
        if (_open is not null && _openKind != kind)
        {
            Close();
        }

        if (_open is null)
        {
            (_open, _openKind) = (_next++, kind);
            _events.Append(kind, _open.Value, []);
        }
    }

    private void Close()
    {
        if (_open is { } item)
        {
            _open = null;
            _events.Append(EventKind.ItemEnded, item, []);
        }
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

            Close();
            given = _next++;
            _items.Add(item, given);
        }

        _events.Append(kind, given, payload);
    }

    /// <summary>A part of the reply that waits: text, a call, or a broken call.</summary>
    private readonly record struct Held(byte[]? Text = null, ToolCallText? Call = null, BrokenCall? Broken = null);
}
