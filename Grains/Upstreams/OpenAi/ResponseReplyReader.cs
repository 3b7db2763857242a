using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Reads a response, streamed or whole. What the deltas of an item brought is not taken again from the item's end.</summary>
/// <param name="newCallId">Makes an id for a tool call whose server gives none.</param>
/// <param name="seal">Seals the provider's sealed reasoning for the client.</param>
/// <param name="wantsLogprobs">Whether log probabilities were asked for.</param>
/// <param name="httpStatus">The answer's status.</param>
internal sealed class ResponseReplyReader(Func<string> newCallId, Func<string, string> seal, bool wantsLogprobs, int httpStatus)
    : IReplyReader
{
    private static readonly JsonReaderOptions Json = new() { MaxDepth = 256 };

    private readonly ChatReplyItems _items = new(newCallId);

    // Places of items in the response of which deltas were given.
    private readonly HashSet<int> _told = [];

    // Places of messages whose annotations were given.
    private readonly HashSet<int> _annotated = [];
    private FinishReason? _finish;

    public UpstreamFailure? Failure { get; private set; }

    public TokenUsage? Usage { get; private set; }

    public bool HasFinished => _finish is not null;

    public int Given => _items.Given;

    public void Begin(ITurnEventSink events) => _items.Begin(events);

    public void Flush() => _items.Flush();

    public void Read(ReadOnlySpan<byte> data, bool isError = false)
    {
        try
        {
            var one = ResponseEventParts.Read(new Utf8JsonReader(data, Json), data);
            if (isError || one.Kind == ResponseEventKind.Error)
            {
                Fail(data.ToArray());
            }
            else
            {
                Take(one, data);
            }
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            Failure ??= UpstreamFailures.InvalidBody(httpStatus);
        }
    }

    public UpstreamFailure? Complete(bool isDone, bool isWholeObject, out FinishReason reason)
    {
        reason = default;
        if (_finish is null)
        {
            return _items.HasItems ? OpenAiFailures.Unfinished(httpStatus) : UpstreamFailures.EmptyReply(httpStatus);
        }

        if (!_items.HasItems && Usage is null)
        {
            return UpstreamFailures.EmptyReply(httpStatus);
        }

        if (_items.Complete(_finish) is not { } finish)
        {
            return _items.HasBrokenCall ? UpstreamFailures.BrokenCall(httpStatus) : OpenAiFailures.Unfinished(httpStatus);
        }

        reason = finish;
        return null;
    }

    private void Take(in ResponseEventParts one, ReadOnlySpan<byte> data)
    {
        switch (one.Kind)
        {
            case ResponseEventKind.Text:
                _told.Add(one.Place);
                _items.Text(one.Delta, one.IsEscaped);
                if (wantsLogprobs && !one.Logprobs.IsEmpty)
                {
                    _items.Logprobs([.. "{\"content\":"u8, .. one.Logprobs, .. "}"u8]);
                }

                break;
            case ResponseEventKind.Refusal:
                _told.Add(one.Place);
                _items.Refusal(one.Delta, one.IsEscaped);
                break;
            case ResponseEventKind.Annotation:
                _annotated.Add(one.Place);
                _items.Annotation(Parse(data, "annotation"));
                break;
            case ResponseEventKind.Reasoning:
                _told.Add(one.Place);
                _items.Reasoning(one.Delta, one.IsEscaped);
                break;
            case ResponseEventKind.ReasoningPart when _told.Contains(one.Place):
                // The parts of a summary are paragraphs.
                _items.Reasoning("\\n\\n"u8, isEscaped: true);
                break;
            case ResponseEventKind.Arguments:
                _told.Add(one.Place);
                _items.ToolCall(one.Place, null, null, ToolKind.Function, one.Delta, one.IsEscaped);
                break;
            case ResponseEventKind.CustomInput:
                _told.Add(one.Place);
                _items.ToolCall(one.Place, null, null, ToolKind.Custom, one.Delta, one.IsEscaped);
                break;
            case ResponseEventKind.ItemAdded:
                StartCall(one.Place, Parse(data, "item"));
                break;
            case ResponseEventKind.ItemDone:
                EndItem(one.Place, Parse(data, "item"));
                break;
            case ResponseEventKind.Completed or ResponseEventKind.Incomplete or ResponseEventKind.Failed:
                End(Parse(data, "response"));
                break;
            case ResponseEventKind.Whole:
                ReadWhole(Parse(data, null));
                break;
        }
    }

    private void StartCall(int place, JsonElement item)
    {
        if (KindOf(item) is { } kind)
        {
            _items.ToolCall(place, TextOf(item, "call_id"), TextOf(item, "name"), kind, [], false);
        }
    }

    private void EndItem(int place, JsonElement item)
    {
        var isTold = _told.Contains(place);
        switch (TextOf(item, "type"))
        {
            case "message":
                foreach (var part in isTold ? default : Elements(item, "content"))
                {
                    Give(part, "text", _items.Text);
                    Give(part, "refusal", _items.Refusal);
                }

                var annotations = _annotated.Contains(place)
                    ? []
                    : Elements(item, "content").SelectMany(static part => Elements(part, "annotations"));
                foreach (var annotation in annotations)
                {
                    _items.Annotation(annotation);
                }

                _items.EndOpen();
                break;
            case "reasoning":
                foreach (var part in isTold ? [] : Elements(item, "summary").Concat(Elements(item, "content")))
                {
                    Give(part, "text", _items.Reasoning);
                }

                if (TextOf(item, "encrypted_content") is { Length: > 0 } content)
                {
                    _items.SealReasoning(seal(content));
                }

                _items.EndOpen();
                break;
            case "function_call" or "custom_tool_call":
                StartCall(place, item);
                if (!isTold)
                {
                    var kind = KindOf(item)!.Value;
                    Give(
                        item,
                        kind == ToolKind.Custom ? "input" : "arguments",
                        (raw, isEscaped) => _items.ToolCall(place, null, null, kind, raw, isEscaped)
                    );
                }

                break;
            default:
                _items.Opaque(item.GetRawText());
                break;
        }
    }

    private void ReadWhole(JsonElement response)
    {
        var place = 0;
        foreach (var item in Elements(response, "output"))
        {
            EndItem(place++, item);
        }

        End(response);
    }

    private void End(JsonElement response)
    {
        Usage = ResponseUsage.Read(response) ?? Usage;
        var status = TextOf(response, "status");
        if (status is "failed" or "cancelled")
        {
            Fail(JsonSerializer.SerializeToUtf8Bytes(response));
            return;
        }

        var reason = response.TryGetProperty("incomplete_details"u8, out var details) ? TextOf(details, "reason") : null;
        _finish =
            status != "incomplete" ? FinishReason.Stop
            : reason == "content_filter" ? FinishReason.ContentFilter
            : FinishReason.Length;
    }

    private void Fail(ReadOnlyMemory<byte> error) => Failure ??= OpenAiFailures.InsideReply(httpStatus, ServerError.Read(error));

    private static void Give(JsonElement part, string member, RawText take)
    {
        if (part.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String)
        {
            var raw = System.Text.Encoding.UTF8.GetBytes(text.GetRawText());
            take(raw.AsSpan(1, raw.Length - 2), raw.AsSpan().Contains((byte)'\\'));
        }
    }

    private delegate void RawText(ReadOnlySpan<byte> raw, bool isEscaped);

    private static JsonElement Parse(ReadOnlySpan<byte> data, string? member)
    {
        var json = new Utf8JsonReader(data, Json);
        var root = LoneSurrogates.Replaced(JsonElement.ParseValue(ref json));
        return member is null ? root : root.GetProperty(member);
    }

    private static ToolKind? KindOf(JsonElement item) =>
        TextOf(item, "type") switch
        {
            "function_call" => ToolKind.Function,
            "custom_tool_call" => ToolKind.Custom,
            _ => null,
        };

    private static JsonElement.ArrayEnumerator Elements(JsonElement value, string member) =>
        value.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    private static string? TextOf(JsonElement value, string member) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
