using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

internal sealed partial class ChatChunkReader
{
    private void ReadDelta(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        Utf8JsonReader thought = default;
        Utf8JsonReader content = default;
        Utf8JsonReader refusal = default;
        Utf8JsonReader calls = default;
        var (hasThought, hasContent, hasRefusal, hasCalls) = (false, false, false, false);
        _extension.ResetWrittenCount();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)json.TokenStartIndex;
            if (json.ValueTextEquals("content"u8))
            {
                json.Read();
                content = json;
                hasContent = true;
            }
            else if (json.ValueTextEquals("reasoning_content"u8) || json.ValueTextEquals("reasoning"u8))
            {
                json.Read();
                // A server that sends both fields says the same in both.
                if (!hasThought && IsText(ref json))
                {
                    thought = json;
                    hasThought = true;
                }
            }
            else if (json.ValueTextEquals("refusal"u8))
            {
                json.Read();
                refusal = json;
                hasRefusal = true;
            }
            else if (json.ValueTextEquals("tool_calls"u8))
            {
                json.Read();
                calls = json;
                hasCalls = true;
            }
            else if (json.ValueTextEquals("role"u8) || json.ValueTextEquals("function_call"u8))
            {
                json.Read();
            }
            else
            {
                json.Read();
                var isNull = json.TokenType == JsonTokenType.Null;
                json.Skip();
                Extend(isNull ? default : data[start..(int)json.BytesConsumed]);
                continue;
            }

            json.Skip();
        }

        if (hasThought)
        {
            Give(ref thought, isThought: true);
        }

        if (hasContent)
        {
            ReadContent(ref content);
        }

        if (hasRefusal && IsText(ref refusal))
        {
            _repeated.NoteOther();
            items.Refusal(refusal.ValueSpan, refusal.ValueIsEscaped);
        }

        if (hasCalls && calls.TokenType == JsonTokenType.StartArray)
        {
            ReadCalls(ref calls, data);
        }

        if (_extension.WrittenCount > 0)
        {
            _extension.Write("}"u8);
            _repeated.NoteOther();
            items.Extension(_extension.WrittenSpan);
        }
    }

    private static bool IsText(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.String && !json.ValueSpan.IsEmpty;

    private void Extend(ReadOnlySpan<byte> field)
    {
        if (!field.IsEmpty && Utf8.IsValid(field))
        {
            _extension.Write(_extension.WrittenCount == 0 ? "{"u8 : ","u8);
            var copy = _extension.GetSpan(field.Length)[..field.Length];
            field.CopyTo(copy);
            copy.Replace((byte)'\n', (byte)' ');
            copy.Replace((byte)'\r', (byte)' ');
            _extension.Advance(field.Length);
        }
    }

    // Mostly a string; some servers send parts, of which thinking is reasoning.
    private void ReadContent(ref Utf8JsonReader json, bool isThought = false)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            Give(ref json, isThought);
        }
        else if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                if (json.TokenType == JsonTokenType.StartObject)
                {
                    ReadPart(ref json, isThought);
                }
                else
                {
                    json.Skip();
                }
            }
        }
    }

    private void ReadPart(ref Utf8JsonReader json, bool isThought)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isText = json.ValueTextEquals("text"u8);
            var isThinking = json.ValueTextEquals("thinking"u8);
            json.Read();
            if (isText && json.TokenType == JsonTokenType.String)
            {
                Give(ref json, isThought);
            }
            else if (isThinking)
            {
                ReadContent(ref json, isThought: true);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void Give(ref Utf8JsonReader json, bool isThought)
    {
        var content = isThought ? RepeatedContent.Reasoning : RepeatedContent.Text;
        _repeated.Note(content, (int)json.TokenStartIndex + 1, json.ValueSpan.Length, json.ValueIsEscaped);
        if (isThought)
        {
            items.Reasoning(json.ValueSpan, json.ValueIsEscaped);
        }
        else
        {
            items.Text(json.ValueSpan, json.ValueIsEscaped);
        }
    }

    private void ReadCalls(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                ReadCall(ref json, data);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void ReadCall(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        var piece = new CallPiece();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("index"u8))
            {
                json.Read();
                piece.Index = json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var index) ? index : null;
                json.Skip();
            }
            else if (json.ValueTextEquals("id"u8))
            {
                json.Read();
                piece.Id = IsText(ref json) ? json.GetString() : null;
                json.Skip();
            }
            else if (json.ValueTextEquals("function"u8) || json.ValueTextEquals("custom"u8))
            {
                piece.Kind = json.ValueTextEquals("custom"u8) ? ToolKind.Custom : piece.Kind;
                json.Read();
                ReadCalled(ref json, data, ref piece);
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        if (piece is { Start: > 0, Id: null, Name: null })
        {
            _repeated.NoteArguments(piece.Index, piece.Kind, piece.Start, piece.Arguments.Length, piece.IsEscaped);
        }
        else
        {
            _repeated.NoteOther();
        }

        items.ToolCall(piece.Index, piece.Id, piece.Name, piece.Kind, piece.Arguments, piece.IsEscaped);
    }

    private static void ReadCalled(ref Utf8JsonReader json, ReadOnlySpan<byte> data, ref CallPiece piece)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isName = json.ValueTextEquals("name"u8);
            var isArguments = json.ValueTextEquals("arguments"u8) || json.ValueTextEquals("input"u8);
            json.Read();
            if (isName && IsText(ref json))
            {
                piece.Name = json.GetString();
            }
            else if (isArguments && json.TokenType == JsonTokenType.String)
            {
                piece.Start = (int)json.TokenStartIndex + 1;
                piece.Arguments = json.ValueSpan;
                piece.IsEscaped = json.ValueIsEscaped;
            }
            else if (isArguments && json.TokenType == JsonTokenType.StartObject)
            {
                // Some servers send the arguments as JSON, not as its text.
                var start = (int)json.TokenStartIndex;
                json.Skip();
                piece.Start = 0;
                piece.Arguments = data[start..(int)json.BytesConsumed];
            }

            json.Skip();
        }
    }

    private ref struct CallPiece
    {
        public int? Index;
        public string? Id;
        public string? Name;
        public ToolKind Kind;
        public ReadOnlySpan<byte> Arguments;

        // Where the text of the arguments begins in the chunk; 0 where they are no text.
        public int Start;
        public bool IsEscaped;
    }
}
