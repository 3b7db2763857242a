using System.Buffers;
using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Reads the body of a Messages request. Whether a model can do what is asked is decided by the turn.</summary>
internal static class MessagesBodyReader
{
    /// <summary>Reads and checks a whole body. Null when all is well, else the first problem.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="strict">Whether unknown fields are refused.</param>
    /// <param name="betas">Names of the features that the client asked for by header; null when none.</param>
    /// <param name="request">The request when there is no error.</param>
    /// <param name="counts">Whether the request only wants its tokens counted.</param>
    public static ApiError? Read(
        in ReadOnlySequence<byte> body,
        bool strict,
        string? betas,
        out MessagesRequest? request,
        bool counts = false
    ) => ParsedBody.Read(body, root => ReadRoot(root, strict, betas, counts), out request);

    private static MessagesRequest ReadRoot(RequestField root, bool strict, string? betas, bool counts)
    {
        var model = root["model"].Required();
        var input = new MessageListReader().Read(root);
        var tools = ToolFields.ReadTools(root);
        var choice = ToolFields.ReadChoice(root, tools, out var parallel);
        var sampling = ReadSampling(root, parallel, counts);
        var stream = root["stream"].Boolean();
        var format = ReadFormat(root);
        return new MessagesRequest
        {
            Model = model,
            Stream = stream ?? false,
            BuiltIn = ToolFields.BuiltInTypes(root),
            Storing = counts ? null : ThreadField.Read(root),
            Content = new TurnContent
            {
                Input = input,
                Tools = tools,
                ToolChoice = choice,
                Format = format,
                Sampling = sampling,
                Extensions = new RequestExtensions(DialectNames.AnthropicMessages, NativeFields.Collect(root, betas, strict)),
                Places = root.Places,
            },
        };
    }

    private static SamplingOptions ReadSampling(RequestField root, bool? parallel, bool counts)
    {
        var limit = root["max_tokens"];
        if (!limit.IsGiven && !counts)
        {
            limit.RefuseMissing();
        }

        return new SamplingOptions
        {
            MaxOutputTokens = limit.Integer(1, long.MaxValue) is { } tokens ? (int)Math.Min(tokens, int.MaxValue) : null,
            Stop = ReadStop(root["stop_sequences"]),
            Temperature = root["temperature"].Decimal(0, 1),
            TopP = root["top_p"].Decimal(0, 1),
            ParallelToolCalls = parallel,
        };
    }

    private static ImmutableArray<string> ReadStop(RequestField field) =>
        [.. field.Elements("an array of strings").Select(static text => text.String()).Where(static text => text is { Length: > 0 })!];

    /// <summary>The form of the reply: <c>output_config.format</c>, or <c>output_format</c> of older clients.</summary>
    private static ResponseFormat? ReadFormat(RequestField root)
    {
        var config = root["output_config"];
        config.IsObject();
        var format = config["format"].IsGiven ? config["format"] : root["output_format"];
        if (!format.IsObject())
        {
            return null;
        }

        if (format["type"].Choice("json_schema") is null)
        {
            if (!format["type"].IsGiven)
            {
                format["type"].RefuseMissing();
            }

            return null;
        }

        if (format["schema"].Object() is { } schema)
        {
            return new ResponseFormat(ResponseFormatKind.JsonSchema, "reply", schema, Strict: true);
        }

        format["schema"].RefuseMissing();
        return null;
    }
}
