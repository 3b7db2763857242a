using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Chat;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>
/// Reads the body of a chat completion request in one pass over its bytes. What would change the meaning of the reply and
/// is not supported is refused; settings that only tune it are checked and ignored.
/// </summary>
internal static class ChatRequestReader
{
    /// <summary>Reads and checks a whole body. Null when all is well, else the first problem.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="strict">Whether unknown fields are refused.</param>
    /// <param name="request">The request when there is no error.</param>
    public static ApiError? Read(in ReadOnlySequence<byte> body, bool strict, out ChatRequest? request)
    {
        request = null;
        var bytes = new SequenceReader<byte>(body);
        bytes.IsNext([0xEF, 0xBB, 0xBF], advancePast: true);
        var json = new Utf8JsonReader(bytes.UnreadSequence);
        try
        {
            var fields = new ChatRequestFields();
            if (ReadFields(ref json, strict, ref fields) is { } error)
            {
                return error;
            }

            // Reads past the end: anything but white space after the object is an error.
            json.Read();
            return Finish(in fields, out request);
        }
        catch (JsonException exception)
        {
            return RequestErrors.InvalidJson(exception.Message);
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to escapes that form no character, such as half a surrogate pair.
            return RequestErrors.InvalidJson("A string holds bytes or escapes that are no valid Unicode text.");
        }
    }

    private static ApiError? ReadFields(ref Utf8JsonReader json, bool strict, ref ChatRequestFields fields)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return RequestErrors.InvalidJson("The body must be a JSON object.");
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (ReadField(ref json, strict, ref fields) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static ApiError? ReadField(ref Utf8JsonReader json, bool strict, ref ChatRequestFields fields)
    {
        if (json.ValueTextEquals("messages"u8))
        {
            json.Read();
            return ChatMessageReader.ReadAll(ref json, strict, out fields.Messages);
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
            return ChatSettingReader.ReadStreamOptions(ref json, ref fields);
        }

        return ChatSettingReader.Read(ref json, strict, ref fields);
    }

    private static ApiError? Finish(in ChatRequestFields fields, out ChatRequest? request)
    {
        request = null;
        if (fields.Model is null or "")
        {
            return RequestErrors.Missing("model");
        }

        if (fields.Messages.IsDefault)
        {
            return RequestErrors.Missing("messages");
        }

        if (fields.HasStreamOptions && fields.Stream is not true)
        {
            return RequestErrors.Invalid("stream_options", "it is only allowed when 'stream' is true.");
        }

        if (ChatSettingReader.CheckTools(in fields) is { } error)
        {
            return error;
        }

        request = new ChatRequest
        {
            Model = fields.Model,
            Messages = fields.Messages,
            Options = Options(in fields),
            Stream = fields.Stream ?? false,
            IncludeUsage = fields.IncludeUsage,
            ConversationId = fields.ConversationId,
        };
        return null;
    }

    private static GenerationOptions Options(in ChatRequestFields fields)
    {
        var maxTokens = fields.MaxCompletionTokens ?? fields.MaxTokens;
        return maxTokens is null && fields.Stop.IsDefaultOrEmpty && fields.Temperature is null
            ? GenerationOptions.Default
            : new GenerationOptions(
                maxTokens is { } most ? (int)Math.Min(most, int.MaxValue) : null,
                fields.Stop.IsDefault ? ImmutableArray<string>.Empty : fields.Stop,
                fields.Temperature
            );
    }
}
