using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Reads the body of a chat completion request in one pass over its bytes. Whether a model can do what is asked is decided by the turn.</summary>
internal static class ChatBodyReader
{
    /// <summary>Reads and checks a whole body. Null when all is well, else the first problem.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="strict">Whether unknown fields are refused.</param>
    /// <param name="request">The request when there is no error.</param>
    public static ApiError? Read(in ReadOnlySequence<byte> body, bool strict, out ChatRequest? request)
    {
        var bytes = new SequenceReader<byte>(body);
        bytes.IsNext([0xEF, 0xBB, 0xBF], advancePast: true);
        try
        {
            return ReadBytes(bytes.UnreadSequence, strict, out request);
        }
        catch (JsonException exception)
        {
            request = null;
            return JsonProblem.Of(exception, bytes.UnreadSequence, ParsedBody.MostLevels);
        }
        catch (InvalidOperationException)
        {
            return ReadRepaired(bytes.UnreadSequence, strict, out request);
        }
    }

    /// <summary>Reads again with half surrogate pairs replaced, at which the JSON reader fails: clients that cut text at a fixed length send them.</summary>
    private static ApiError? ReadRepaired(in ReadOnlySequence<byte> body, bool strict, out ChatRequest? request)
    {
        var copy = body.ToArray();
        LoneSurrogates.Replace(copy);
        try
        {
            return ReadBytes(new ReadOnlySequence<byte>(copy), strict, out request);
        }
        catch (InvalidOperationException)
        {
            request = null;
            return RequestErrors.InvalidText(JsonPlace.OfBadText(new ReadOnlySequence<byte>(copy)));
        }
    }

    private static ApiError? ReadBytes(in ReadOnlySequence<byte> body, bool strict, out ChatRequest? request)
    {
        request = null;
        var json = new Utf8JsonReader(body);
        var fields = new ChatFields { Body = body, Strict = strict };
        if (ReadFields(ref json, ref fields) is { } error)
        {
            return error;
        }

        // Reads past the end: anything but white space after the object is an error.
        json.Read();
        return Finish(in fields, out request);
    }

    private static ApiError? ReadFields(ref Utf8JsonReader json, ref ChatFields fields)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return RequestErrors.InvalidJson("The body must be a JSON object.");
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (ReadField(ref json, ref fields) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static ApiError? ReadField(ref Utf8JsonReader json, ref ChatFields fields)
    {
        if (json.ValueTextEquals("messages"u8))
        {
            json.Read();
            return MessageReader.ReadAll(ref json, ref fields);
        }

        if (json.ValueTextEquals("model"u8))
        {
            json.Read();
            return JsonField.ReadString(ref json, "model", out fields.Model);
        }

        if (json.ValueTextEquals("stream"u8))
        {
            json.Read();
            return JsonField.ReadBoolean(ref json, "stream", out fields.Stream);
        }

        if (json.ValueTextEquals("stream_options"u8))
        {
            json.Read();
            return SettingReader.ReadStreamOptions(ref json, ref fields);
        }

        var error = SamplingReader.Read(ref json, ref fields, out var read);
        if (!read)
        {
            error = SettingReader.Read(ref json, ref fields, out read);
        }

        return read ? error : UnknownFields.Read(ref json, ref fields);
    }

    private static ApiError? Finish(in ChatFields fields, out ChatRequest? request)
    {
        request = null;
        if (fields.Model is null or "")
        {
            return RequestErrors.Missing("model");
        }

        if (fields.Input.IsDefault)
        {
            return RequestErrors.Missing("messages");
        }

        if (fields.HasStreamOptions && fields.Stream is not true)
        {
            return RequestErrors.Invalid("stream_options", "it is only allowed when 'stream' is true.");
        }

        if (fields.TopLogprobs > 0 && fields.Logprobs is not true)
        {
            return RequestErrors.Invalid("top_logprobs", "it is only allowed when 'logprobs' is true.");
        }

        var usesFunctions = fields.Tools.IsDefaultOrEmpty && !fields.Functions.IsDefaultOrEmpty;
        var tools = usesFunctions ? fields.Functions : fields.Tools;
        var choice = (usesFunctions ? fields.FunctionCall : fields.ToolChoice) ?? ToolChoice.Auto;
        if (ToolChoiceReader.Check(choice, tools, usesFunctions ? "function_call" : "tool_choice") is { } error)
        {
            return error;
        }

        request = new ChatRequest
        {
            Model = fields.Model,
            Content = new TurnContent
            {
                Input = fields.Input,
                Tools = tools.IsDefault ? [] : tools,
                ToolChoice = tools.IsDefaultOrEmpty ? ToolChoice.Auto : choice,
                Format = fields.Format,
                Sampling = SamplingReader.Finish(in fields, usesFunctions),
                Extensions = UnknownFields.Finish(in fields),
                Places = fields.Places,
            },
            Stream = fields.Stream ?? false,
            IncludeUsage = fields.IncludeUsage,
            UsesFunctions = usesFunctions,
            ConversationId = fields.ConversationId,
            ConversationParam = MetadataReader.ConversationParam,
            WrongAlone = fields.UnknownCall is { } unknown ? RequestErrors.UnknownCall(unknown) : null,
            Metadata = fields.Store is true ? MetadataReader.Texts(in fields) : null,
            Storing = fields.Store is true ? new StoreRequest { TellsHistory = true, RefusesLongContext = true } : null,
        };
        return null;
    }
}
