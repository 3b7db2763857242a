using System.Text.Json;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>What kind of event of a streamed response.</summary>
internal enum ResponseEventKind
{
    /// <summary>An event that brings nothing new.</summary>
    Other,
    Text,
    Refusal,
    Annotation,
    Reasoning,
    ReasoningPart,
    Arguments,
    CustomInput,
    ItemAdded,
    ItemDone,
    Completed,
    Incomplete,
    Failed,
    Error,

    /// <summary>No event: the response object, from a server that does not stream.</summary>
    Whole,
}

/// <summary>The members of one event, read in one pass without a tree. Spans are of the event's data.</summary>
internal readonly ref struct ResponseEventParts
{
    public ResponseEventKind Kind { get; private init; }

    /// <summary>The place of the item in the response.</summary>
    public int Place { get; private init; }

    /// <summary>More of a text, as it stands inside a JSON string.</summary>
    public ReadOnlySpan<byte> Delta { get; private init; }

    /// <summary>Whether <see cref="Delta"/> has escapes.</summary>
    public bool IsEscaped { get; private init; }

    /// <summary>Log probabilities: a JSON array that is not empty; empty when there are none.</summary>
    public ReadOnlySpan<byte> Logprobs { get; private init; }

    /// <exception cref="JsonException">The data is not JSON.</exception>
    public static ResponseEventParts Read(Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        var (kind, place, isEscaped) = (ResponseEventKind.Other, 0, false);
        ReadOnlySpan<byte> delta = default;
        ReadOnlySpan<byte> logprobs = default;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                kind = json.TokenType == JsonTokenType.String ? KindOf(json.ValueSpan) : kind;
            }
            else if (json.ValueTextEquals("output_index"u8))
            {
                json.Read();
                place = json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var number) ? number : place;
            }
            else if (json.ValueTextEquals("delta"u8))
            {
                json.Read();
                var isText = json.TokenType == JsonTokenType.String;
                delta = isText ? json.ValueSpan : default;
                isEscaped = isText && json.ValueIsEscaped;
            }
            else if (json.ValueTextEquals("logprobs"u8))
            {
                json.Read();
                var start = (int)json.TokenStartIndex;
                var isArray = json.TokenType == JsonTokenType.StartArray;
                json.Skip();
                logprobs = isArray && json.BytesConsumed - start > 2 ? data[start..(int)json.BytesConsumed] : default;
                continue;
            }
            else if (json.ValueTextEquals("object"u8))
            {
                json.Read();
                kind = json.TokenType == JsonTokenType.String && json.ValueTextEquals("response"u8) ? ResponseEventKind.Whole : kind;
            }
            else if (json.ValueTextEquals("error"u8))
            {
                json.Read();
                kind = json.TokenType == JsonTokenType.StartObject && kind == ResponseEventKind.Other ? ResponseEventKind.Error : kind;
            }
            else
            {
                json.Read();
            }

            json.Skip();
        }

        return new()
        {
            Kind = kind,
            Place = place,
            Delta = delta,
            IsEscaped = isEscaped,
            Logprobs = logprobs,
        };
    }

    private static ResponseEventKind KindOf(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("response.output_text.delta"u8) ? ResponseEventKind.Text
        : type.SequenceEqual("response.function_call_arguments.delta"u8) ? ResponseEventKind.Arguments
        : type.SequenceEqual("response.custom_tool_call_input.delta"u8) ? ResponseEventKind.CustomInput
        : type.SequenceEqual("response.reasoning_summary_text.delta"u8) ? ResponseEventKind.Reasoning
        : type.SequenceEqual("response.reasoning_text.delta"u8) ? ResponseEventKind.Reasoning
        : type.SequenceEqual("response.reasoning_summary_part.added"u8) ? ResponseEventKind.ReasoningPart
        : type.SequenceEqual("response.refusal.delta"u8) ? ResponseEventKind.Refusal
        : type.SequenceEqual("response.output_text.annotation.added"u8) ? ResponseEventKind.Annotation
        : type.SequenceEqual("response.output_item.added"u8) ? ResponseEventKind.ItemAdded
        : type.SequenceEqual("response.output_item.done"u8) ? ResponseEventKind.ItemDone
        : type.SequenceEqual("response.completed"u8) ? ResponseEventKind.Completed
        : type.SequenceEqual("response.incomplete"u8) ? ResponseEventKind.Incomplete
        : type.SequenceEqual("response.failed"u8) ? ResponseEventKind.Failed
        : type.SequenceEqual("error"u8) ? ResponseEventKind.Error
        : ResponseEventKind.Other;
}
