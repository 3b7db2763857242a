using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>
/// Writes a context as <c>system</c> and <c>messages</c>. Neighbours of one role are one message, and the results of calls come first in theirs. A call whose result is
/// missing gets one that says so: the provider would refuse every later turn of the conversation.
/// </summary>
internal sealed class MessageWriter(Utf8JsonWriter json, UpstreamCall call, bool isNative, ReasoningSeal seal)
{
    private const string NoQuestion = "(The conversation begins with the assistant.)";
    private const string NothingAsked = "(Follow the instructions.)";
    private const string BlankQuestion = "(The user sent white space.)";

    private enum Speaker
    {
        Nobody,
        User,
        Assistant,
        System,
    }

    private readonly ImmutableArray<Item> _context = PairedItems.Of(call.Context);
    private readonly BlockListWriter _blocks = new(json);
    private readonly List<string> _unanswered = [];
    private Speaker _speaker;
    private bool _hasBegun;

    public void Write()
    {
        var first = WriteSystem();
        json.WriteStartArray("messages"u8);
        for (var i = first; i < _context.Length; i++)
        {
            var item = i == _context.Length - 1 ? WrittenLast(_context[i]) : _context[i];
            if (BlockMarks.Of(item) is not null || IsNothing(item))
            {
                continue;
            }

            Speak(SpeakerOf(item), item as ToolResultItem);
            WriteItem(item, i + 1 < _context.Length ? BlockMarks.Of(_context[i + 1]) : null);
        }

        if (!_hasBegun)
        {
            // Other dialects allow a request of system messages alone.
            WriteQuestion(NothingAsked);
        }

        EndMessage();
        json.WriteEndArray();
    }

    /// <summary>Writes the instructions and the system messages at the start; returns the index of the item after them.</summary>
    private int WriteSystem()
    {
        var first = 0;
        while (first < _context.Length && _context[first] is MessageItem { Role: MessageRole.System or MessageRole.Developer })
        {
            first++;
        }

        if (first == 0 && string.IsNullOrEmpty(call.Turn.Instructions))
        {
            return 0;
        }

        json.WriteStartArray("system"u8);
        if (!string.IsNullOrEmpty(call.Turn.Instructions))
        {
            _blocks.WriteText(call.Turn.Instructions);
        }

        for (var i = 0; i < first; i++)
        {
            _blocks.WriteParts(((MessageItem)_context[i]).Parts);
        }

        json.WriteEndArray();
        return first;
    }

    private Speaker SpeakerOf(Item item) =>
        item switch
        {
            MessageItem { Role: MessageRole.Assistant } or ToolCallItem or ReasoningItem or OpaqueItem => Speaker.Assistant,
            // Only newer models take instructions between messages.
            MessageItem { Role: MessageRole.System or MessageRole.Developer } when isNative => Speaker.System,
            _ => Speaker.User,
        };

    private void Speak(Speaker speaker, ToolResultItem? result)
    {
        if (speaker != _speaker)
        {
            EndMessage();
            BeginWithUser(speaker);
            json.WriteStartObject();
            json.WriteString(
                "role"u8,
                speaker switch
                {
                    Speaker.Assistant => "assistant"u8,
                    Speaker.System => "system"u8,
                    _ => "user"u8,
                }
            );
            json.WriteStartArray("content"u8);
            _speaker = speaker;
        }

        if (result is not null)
        {
            _unanswered.Remove(CallIds.Clean(result.CallId, result.Name));
        }
        else if (speaker == Speaker.User)
        {
            Answer();
        }
    }

    /// <summary>The provider takes no context whose first message is the assistant's, which other dialects allow.</summary>
    private void BeginWithUser(Speaker speaker)
    {
        if (!_hasBegun && speaker == Speaker.Assistant && !isNative)
        {
            WriteQuestion(NoQuestion);
        }

        _hasBegun = true;
    }

    private void WriteQuestion(string text)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "user"u8);
        json.WriteStartArray("content"u8);
        _blocks.WriteText(text);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>
    /// The last item: the provider refuses an assistant's message that the reply continues when it ends with white space, and without a user's message of white space the
    /// reply would go on from the one before.
    /// </summary>
    private static Item WrittenLast(Item item) =>
        item switch
        {
            MessageItem { Role: MessageRole.Assistant } message => message with { Parts = WithoutEnd(message.Parts) },
            MessageItem { Role: MessageRole.User } message when IsBlank(message) => MessageItem.Of(MessageRole.User, BlankQuestion),
            _ => item,
        };

    private static ImmutableArray<Part> WithoutEnd(ImmutableArray<Part> parts)
    {
        var last = parts.Length - 1;
        while (last >= 0 && BlockMarks.Of(parts[last]) is not null)
        {
            last--;
        }

        return last >= 0 && parts[last] is TextPart text ? parts.SetItem(last, new TextPart(text.Text.TrimEnd())) : parts;
    }

    private static bool IsBlank(MessageItem message) =>
        message.Parts.All(static part => part is TextPart text ? string.IsNullOrWhiteSpace(text.Text) : BlockMarks.Of(part) is not null);

    /// <summary>Whether nothing would be written of an item: a message without blocks is refused.</summary>
    private bool IsNothing(Item item) =>
        item switch
        {
            ReasoningItem reasoning => SignatureOf(reasoning) is null,
            MessageItem message => IsBlank(message),
            _ => item is OpaqueItem { Dialect: not DialectNames.AnthropicMessages },
        };

    /// <summary>
    /// Earlier thoughts go back only with the provider's own signature: bare from clients of this dialect, from others as the gateway sealed the signature for that client.
    /// </summary>
    private string? SignatureOf(ReasoningItem reasoning) =>
        SealedText.IsIn(reasoning) ? seal.Open(reasoning, call.Turn.ClientKeyId, call.Target.Pool)
        : isNative && reasoning.Encrypted is { Length: > 0 } bare ? bare
        : null;

    private void WriteItem(Item item, string? mark)
    {
        switch (item)
        {
            case MessageItem message:
                _blocks.WriteParts(message.Parts);
                break;
            case ToolCallItem toolCall:
                var id = CallIds.Clean(toolCall.CallId, toolCall.Name);
                _unanswered.Add(id);
                _blocks.WriteCall(toolCall, id, mark);
                break;
            case ToolResultItem result:
                _blocks.WriteResult(result, CallIds.Clean(result.CallId, result.Name));
                break;
            case ReasoningItem reasoning:
                _blocks.WriteThinking(reasoning, SignatureOf(reasoning)!);
                break;
            case OpaqueItem { Dialect: DialectNames.AnthropicMessages } opaque:
                MessagesRequestWriter.WriteRaw(json, opaque.Json, "messages");
                break;
        }
    }

    private void Answer()
    {
        foreach (var id in _unanswered)
        {
            _blocks.WriteResult(new ToolResultItem(id, [new TextPart(MissingResult.Text)], IsError: true), id);
        }

        _unanswered.Clear();
    }

    private void EndMessage()
    {
        if (_speaker == Speaker.Nobody)
        {
            return;
        }

        if (_speaker == Speaker.User)
        {
            Answer();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        _speaker = Speaker.Nobody;
    }
}
