using System.Buffers;
using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Reads the body of a request for a response. Whether a model can do what is asked is decided by the turn.</summary>
internal static class RequestReader
{
    private const string EncryptedReasoning = "reasoning.encrypted_content";
    private const string Logprobs = "message.output_text.logprobs";

    private static readonly string[] Includes =
    [
        EncryptedReasoning,
        Logprobs,
        "file_search_call.results",
        "web_search_call.results",
        "web_search_call.action.sources",
        "message.input_image.image_url",
        "computer_call_output.output.image_url",
        "code_interpreter_call.outputs",
    ];

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "model",
        "input",
        "instructions",
        "store",
        "previous_response_id",
        "conversation",
        "background",
        "stream",
        "stream_options",
        "include",
        "max_output_tokens",
        "max_tool_calls",
        "metadata",
        "parallel_tool_calls",
        "reasoning",
        "text",
        "tools",
        "tool_choice",
        "truncation",
        "temperature",
        "top_p",
        "top_logprobs",
        "service_tier",
        "prompt",
        "prompt_cache_key",
        "prompt_cache_retention",
        "safety_identifier",
        "user",
        "client_metadata",
        "context_management",
        "moderation",
    };

    /// <param name="body">The body.</param>
    /// <param name="strict">Whether unknown fields are refused.</param>
    /// <param name="refusesBuiltInTools">Whether tools that only a provider runs are refused.</param>
    /// <param name="open">Opens a text that was sealed for the client.</param>
    public static ResponsesRequest? Read(RequestField body, bool strict, bool refusesBuiltInTools, Func<string, byte[]?> open)
    {
        RefuseUnknown(body, strict);
        var model = body["model"].Required();
        if (body["prompt"].IsGiven)
        {
            body["prompt"].Refuse(RequestErrors.Unsupported("prompt", "No prompts are stored here; send 'instructions' and 'input'."));
        }

        var goesOn = body["previous_response_id"].IsGiven || ConversationOf(body).IsGiven;
        var input = InputReader.Read(body["input"], open, isNeeded: !goesOn);
        if (AnsweredCalls.CheckRepeated(body["input"]) is { } repeated)
        {
            body["input"].Refuse(repeated);
        }

        var tools = ToolReader.Read(body["tools"], input, refusesBuiltInTools);
        var choice = ToolChoiceReader.Read(body["tool_choice"], tools);
        var include = body["include"].Elements("an array of strings").Select(static field => field.Choice(Includes)).ToHashSet();
        var stream = body["stream"].Boolean() ?? false;
        if (body["stream_options"].IsGiven && !stream)
        {
            body["stream_options"].Refuse(RequestErrors.Invalid("stream_options", "it is only allowed when 'stream' is true."));
        }

        var format = FormatReader.Read(body["text"]["format"]);
        var metadata = MetadataField.Read(body["metadata"], strict);
        var sampling = ReadSampling(body, include.Contains(Logprobs));
        var shape = new ResponseShape
        {
            Echo = EchoWriter.Write(body, tools, metadata),
            IsKept = body["store"].Boolean() ?? true,
            IsBackground = body["background"].Boolean() ?? false,
            IncludesSealedReasoning = include.Contains(EncryptedReasoning),
            IncludesLogprobs = include.Contains(Logprobs),
            Namespaced = tools.Namespaced.Count > 0 ? tools.Namespaced : null,
            HasToolSearch = tools.HasToolSearch,
        };
        return new ResponsesRequest
        {
            Model = model,
            Stream = stream,
            LeftOut = tools.LeftOut,
            BuiltIn = [.. tools.BuiltIn.Select(static tool => RequestErrors.Shorten(tool["type"].String() ?? ""))],
            Content = new TurnContent
            {
                Input = input,
                Instructions = body["instructions"].String() is { Length: > 0 } text ? text : null,
                Tools = tools.Definitions,
                ToolChoice = choice,
                Format = format,
                Sampling = sampling,
                Extensions = ReadExtensions(body, tools),
                Places = body.Places,
                DropsOldest = body["truncation"].String() == "auto",
            },
            Shape = shape,
            WrongAlone = AnsweredCalls.Check(body["input"]),
            Storing = ReadStoring(body, shape),
        };
    }

    private static StoreRequest? ReadStoring(RequestField body, ResponseShape shape)
    {
        var parent = body["previous_response_id"].String();
        var conversationId = ConversationOf(body).String();
        if (parent is not null && conversationId is not null)
        {
            body["conversation"].Refuse(StoredErrors.ParentAndConversation);
        }

        if (shape is { IsBackground: true, IsKept: false })
        {
            body["background"]
                .Refuse(RequestErrors.Invalid("background", "a response in the background is kept; leave 'store' out or set it to true."));
        }

        // A response that is kept by default alone is cancelled when its client leaves, as OpenAI does.
        var isStoreAsked = body["store"].Value.ValueKind == JsonValueKind.True;
        var truncation = body["truncation"].Choice("auto", "disabled");
        return !shape.IsKept && parent is null && conversationId is null
            ? null
            : new StoreRequest
            {
                Keeping = shape.IsKept ? new ResponseKeeping(ShapeJson.Write(shape), shape.IsBackground || isStoreAsked) : null,
                IsBackground = shape.IsBackground,
                Parent = parent,
                Conversation = conversationId,
                RefusesLongContext = truncation != "auto",
            };
    }

    /// <summary>The id of the conversation: a string, or an object's <c>id</c>.</summary>
    private static RequestField ConversationOf(RequestField body) =>
        body["conversation"].Value.ValueKind == JsonValueKind.Object ? body["conversation"]["id"] : body["conversation"];

    private static void RefuseUnknown(RequestField body, bool strict)
    {
        if (!strict)
        {
            return;
        }

        foreach (var field in body.Value.EnumerateObject())
        {
            if (!Known.Contains(field.Name))
            {
                body.Refuse(RequestErrors.Unknown(RequestErrors.Shorten(field.Name)));
            }
        }
    }

    private static SamplingOptions ReadSampling(RequestField body, bool includesLogprobs)
    {
        var topLogprobs = body["top_logprobs"].Integer(0, 20);
        return new SamplingOptions
        {
            MaxOutputTokens = body["max_output_tokens"].Integer(1, long.MaxValue) is { } most ? (int)Math.Min(most, int.MaxValue) : null,
            Temperature = body["temperature"].Decimal(0, 2),
            TopP = body["top_p"].Decimal(0, 1),
            Logprobs = includesLogprobs ? true : null,
            TopLogprobs = includesLogprobs ? (int?)topLogprobs : null,
            ReasoningEffort = body["reasoning"]["effort"].Choice(ReasoningEfforts.Efforts),
            Verbosity = body["text"]["verbosity"].Choice(ReasoningEfforts.Verbosities),
            ParallelToolCalls = body["parallel_tool_calls"].Boolean(),
            MaxToolCalls = body["max_tool_calls"].Integer(1, long.MaxValue) is { } calls ? (int)Math.Min(calls, int.MaxValue) : null,
        };
    }

    /// <summary>What only a provider of this protocol knows, and the client's names for its user and its prompt cache.</summary>
    private static RequestExtensions ReadExtensions(RequestField body, RequestTools tools)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output, ItemWriter.Options))
        {
            json.WriteStartObject();
            foreach (var name in (ReadOnlySpan<string>)["user", "safety_identifier", "prompt_cache_key"])
            {
                if (body[name].String() is { Length: > 0 } value)
                {
                    json.WriteString(name, value);
                }
            }

            if (body["reasoning"]["summary"].String() is { } summary)
            {
                json.WriteString("reasoning_summary"u8, summary);
            }

            if (body["max_tool_calls"].Integer(1, long.MaxValue) is { } most)
            {
                json.WriteNumber("max_tool_calls"u8, most);
            }

            WriteArray(json, "include"u8, body["include"].Elements("an array of strings"));
            WriteArray(json, "tools"u8, tools.BuiltIn);
            json.WriteEndObject();
        }

        return new RequestExtensions(DialectNames.OpenAiResponses, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static void WriteArray(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<RequestField> values)
    {
        using var each = values.GetEnumerator();
        if (!each.MoveNext())
        {
            return;
        }

        json.WriteStartArray(name);
        do
        {
            json.WriteRawValue(each.Current.Value.GetRawText());
        } while (each.MoveNext());

        json.WriteEndArray();
    }
}
