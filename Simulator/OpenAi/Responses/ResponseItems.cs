using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Chat;

namespace FlowGpt.Simulator.OpenAi.Responses;

/// <summary>The items of one response as far as they were made.</summary>
internal sealed class ResponseItems(CompletionCall call, CompletionPlan plan)
{
    /// <summary>What the sealed form of reasoning begins with; the account follows.</summary>
    public const string Seal = "sealed-by-simulator:";

    public static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<Made> _items = [];

    /// <summary>The item that is being made; null before the first.</summary>
    public Made? Current => _items.Count == 0 ? null : _items[^1];

    /// <summary>The place of an item in the response.</summary>
    public int IndexOf(Made item) => _items.IndexOf(item);

    /// <summary>The call of a tool that the server runs itself; null when the question names none that is offered.</summary>
    public Made? RunBuiltIn()
    {
        var type = call.Request.BuiltIns.FirstOrDefault(type => call.Question.Contains(type, StringComparison.OrdinalIgnoreCase));
        if (type is null)
        {
            return null;
        }

        _items.Add(new(PieceKind.CallStart, -1, $"{type}_{call.Id}", type));
        return Current;
    }

    /// <summary>Takes a piece; true when the piece begins an item.</summary>
    public bool Take(in ReplyPiece piece)
    {
        var kind = piece.Kind == PieceKind.Arguments ? PieceKind.CallStart : piece.Kind;
        var begins = Current is not { BuiltIn: null } last || last.Kind != kind || last.Call != piece.Call;
        if (begins)
        {
            _items.Add(new(kind, piece.Call, $"item_{_items.Count}_{call.Id}", null));
        }

        Current!.Text.Append(piece.Text);
        return begins;
    }

    /// <summary>The response object as JSON.</summary>
    public byte[] Object(bool isEnd)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            WriteObject(json, isEnd);
        }

        return buffer.ToArray();
    }

    public void WriteObject(Utf8JsonWriter json, bool isEnd)
    {
        var isCut = plan.FinishReason is "length" or "content_filter";
        json.WriteStartObject();
        json.WriteString("id"u8, "resp_" + call.Id);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, call.Arrived.ToUnixTimeSeconds());
        json.WriteString(
            "status"u8,
            !isEnd ? "in_progress"u8
                : isCut ? "incomplete"u8
                : "completed"u8
        );
        json.WriteString("model"u8, call.Request.Model);
        if (isEnd && isCut)
        {
            json.WriteStartObject("incomplete_details"u8);
            json.WriteString("reason"u8, plan.FinishReason == "length" ? "max_output_tokens" : "content_filter");
            json.WriteEndObject();
        }

        json.WriteStartArray("output"u8);
        foreach (var item in isEnd ? _items : [])
        {
            WriteItem(json, item, isEnd: true);
        }

        json.WriteEndArray();
        if (isEnd)
        {
            WriteUsage(json);
        }

        json.WriteEndObject();
    }

    public void WriteItem(Utf8JsonWriter json, Made item, bool isEnd)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, item.Id);
        if (item.BuiltIn is { } builtIn)
        {
            json.WriteString("type"u8, builtIn + "_call");
            json.WriteString("status"u8, "completed"u8);
            json.WriteEndObject();
            return;
        }

        switch (item.Kind)
        {
            case PieceKind.Reasoning:
                json.WriteString("type"u8, "reasoning"u8);
                json.WriteStartArray("summary"u8);
                if (isEnd)
                {
                    WritePart(json, "summary_text"u8, "text"u8, item);
                }

                json.WriteEndArray();
                if (isEnd && call.Request.SealsReasoning)
                {
                    json.WriteString("encrypted_content"u8, $"{Seal}{call.Account.Name}:{call.Id}");
                }

                break;
            case PieceKind.CallStart:
                WriteCall(json, item, isEnd);
                break;
            default:
                json.WriteString("type"u8, "message"u8);
                json.WriteString("status"u8, isEnd ? "completed"u8 : "in_progress"u8);
                json.WriteString("role"u8, "assistant"u8);
                json.WriteStartArray("content"u8);
                if (isEnd)
                {
                    var isRefusal = item.Kind == PieceKind.Refusal;
                    WritePart(json, isRefusal ? "refusal"u8 : "output_text"u8, isRefusal ? "refusal"u8 : "text"u8, item);
                }

                json.WriteEndArray();
                break;
        }

        json.WriteEndObject();
    }

    private void WriteCall(Utf8JsonWriter json, Made item, bool isEnd)
    {
        var made = plan.Calls[item.Call];
        json.WriteString("type"u8, made.IsCustom ? "custom_tool_call"u8 : "function_call"u8);
        json.WriteString("status"u8, isEnd ? "completed"u8 : "in_progress"u8);
        json.WriteString("call_id"u8, made.Id);
        json.WriteString("name"u8, made.Name);
        json.WriteString(made.IsCustom ? "input"u8 : "arguments"u8, isEnd ? item.Text.ToString() : "");
    }

    private static void WritePart(Utf8JsonWriter json, ReadOnlySpan<byte> type, ReadOnlySpan<byte> member, Made item)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString(member, item.Text.ToString());
        if (type.SequenceEqual("output_text"u8))
        {
            json.WriteStartArray("annotations"u8);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void WriteUsage(Utf8JsonWriter json)
    {
        var (input, output) = (call.Request.PromptTokens, call.Text.Fragments + call.OtherTokens);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, input);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, Math.Min(input, call.Behaviour.OpenAi.CachedTokens ?? 0));
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, output);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, Math.Min(output, plan.ReasoningTokens));
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, input + output);
        json.WriteEndObject();
    }

    /// <summary>An item.</summary>
    /// <param name="Kind">What it is made of; <see cref="PieceKind.CallStart"/> for a call.</param>
    /// <param name="Call">For a call: which of the plan's.</param>
    /// <param name="Id">Its id.</param>
    /// <param name="BuiltIn">The type of the server's own tool that it calls; null for any other item.</param>
    internal sealed record Made(PieceKind Kind, int Call, string Id, string? BuiltIn)
    {
        public StringBuilder Text { get; } = new();
    }
}
