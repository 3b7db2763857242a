using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Makes the events of a response from the deltas of a reply: starts an item when its first content comes, joins deltas that came together, and ends items. Text
/// is given as UTF-8 of whole characters however the deltas cut it.
/// </summary>
/// <param name="newCallId">Makes an id for a tool call whose server gives none.</param>
internal sealed partial class ChatReplyItems(Func<string> newCallId) : JoinedDeltas
{
    private const int None = -1;

    private JsonTextDecoder _text;
    private JsonTextDecoder _refusal;
    private JsonTextDecoder _thought;
    private int _next;
    private int _message = None;
    private int _reasoning = None;
    private bool _hasMessage;

    /// <summary>Whether anything was given at all.</summary>
    public bool HasItems => _next > 0;

    /// <summary>Text of the message, as it stands inside a JSON string.</summary>
    public void Text(ReadOnlySpan<byte> raw, bool isEscaped)
    {
        if (!raw.IsEmpty)
        {
            StartMessage();
            Continue(EventKind.TextDelta, _message);
            _text.Append(raw, isEscaped, Held);
        }
    }

    /// <summary>Text of the message's refusal, as it stands inside a JSON string.</summary>
    public void Refusal(ReadOnlySpan<byte> raw, bool isEscaped)
    {
        if (!raw.IsEmpty)
        {
            StartMessage();
            Continue(EventKind.RefusalDelta, _message);
            _refusal.Append(raw, isEscaped, Held);
        }
    }

    /// <summary>Readable reasoning, as it stands inside a JSON string.</summary>
    public void Reasoning(ReadOnlySpan<byte> raw, bool isEscaped)
    {
        if (raw.IsEmpty)
        {
            return;
        }

        if (_reasoning == None)
        {
            EndMessage();
            _reasoning = Start(EventKind.ReasoningStarted, []);
        }

        Continue(EventKind.ReasoningDelta, _reasoning);
        _thought.Append(raw, isEscaped, Held);
    }

    /// <summary>Log probabilities of the text before: one JSON object.</summary>
    public void Logprobs(ReadOnlySpan<byte> json)
    {
        if (_message != None)
        {
            Give(EventKind.Logprobs, _message, json);
        }
    }

    /// <summary>Unknown fields of a delta: one JSON object.</summary>
    public void Extension(ReadOnlySpan<byte> json) => Give(EventKind.Extension, Math.Max(0, _next - 1), json);

    /// <summary>Ends what is whole without the provider's word: reasoning and message. Makes an empty message where the reply has neither message nor calls.</summary>
    private void EndText()
    {
        if (!_hasMessage && _calls.Count == 0)
        {
            StartMessage();
        }

        EndReasoning();
        EndMessage();
    }

    private void StartMessage()
    {
        if (_message == None)
        {
            EndReasoning();
            _message = Start(EventKind.MessageStarted, []);
            _hasMessage = true;
        }
    }

    private void EndMessage()
    {
        if (_message != None)
        {
            End(ref _text, EventKind.TextDelta, _message);
            End(ref _refusal, EventKind.RefusalDelta, _message);
            Give(EventKind.ItemEnded, _message, []);
            _message = None;
        }
    }

    private void EndReasoning()
    {
        if (_reasoning != None)
        {
            End(ref _thought, EventKind.ReasoningDelta, _reasoning);
            Give(EventKind.ItemEnded, _reasoning, []);
            _reasoning = None;
        }
    }

    // Half of a surrogate pair whose other half never came.
    private void End(ref JsonTextDecoder decoder, EventKind kind, int item)
    {
        if (decoder.IsInsidePair)
        {
            Continue(kind, item);
            decoder.Finish(Held);
        }
    }

    private int Start(EventKind kind, ReadOnlySpan<byte> payload)
    {
        var item = _next++;
        Give(kind, item, payload);
        return item;
    }
}
