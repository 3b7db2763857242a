using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
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
    ) => BodyTree.Read(body, (root, checks) => ReadRoot(root, strict, betas, counts, checks), out request);

    private static MessagesRequest ReadRoot(JsonElement root, bool strict, string? betas, bool counts, BodyChecks checks)
    {
        var model = checks.NeededText(root, "model", "model");
        var input = new MessageListReader(checks).Read(root);
        var tools = ToolFields.ReadTools(root, checks);
        var choice = ToolFields.ReadChoice(root, tools, checks, out var parallel);
        var sampling = ReadSampling(root, parallel, checks, counts);
        var stream = checks.Flag(root, "stream", "stream");
        var format = ReadFormat(root, checks);
        ThreadField.Refuse(root, checks);
        var native = NativeFields.Collect(root, betas, strict, checks);
        if (model.Length == 0)
        {
            checks.Add(RequestErrors.Missing("model"));
        }

        return new MessagesRequest
        {
            Model = model,
            Stream = stream ?? false,
            Content = new TurnContent
            {
                Input = input,
                Tools = tools,
                ToolChoice = choice,
                Format = format,
                Sampling = sampling,
                Extensions = new RequestExtensions(DialectNames.AnthropicMessages, native),
            },
        };
    }

    private static SamplingOptions ReadSampling(JsonElement root, bool? parallel, BodyChecks checks, bool counts)
    {
        var most = checks.Integer(root, "max_tokens", "max_tokens", least: 1);
        if (most is null && !counts)
        {
            checks.Add(RequestErrors.Missing("max_tokens"));
        }

        return new SamplingOptions
        {
            MaxOutputTokens = most is { } tokens ? (int)Math.Min(tokens, int.MaxValue) : null,
            Stop = ReadStop(root, checks),
            Temperature = checks.Decimal(root, "temperature", "temperature", 0, 1),
            TopP = checks.Decimal(root, "top_p", "top_p", 0, 1),
            ParallelToolCalls = parallel,
        };
    }

    private static ImmutableArray<string> ReadStop(JsonElement root, BodyChecks checks)
    {
        const string Name = "stop_sequences";
        if (!checks.TryArray(root, Name, Name, "strings", out var list))
        {
            return [];
        }

        var stop = ImmutableArray.CreateBuilder<string>(list.GetArrayLength());
        foreach (var element in list.EnumerateArray())
        {
            if (
                checks.Is(element, JsonValueKind.String, ((FieldPath)Name).At(stop.Count), "a string")
                && element.GetString() is { Length: > 0 } text
            )
            {
                stop.Add(text);
            }
        }

        return stop.DrainToImmutable();
    }

    /// <summary>The form of the reply: <c>output_config.format</c>, or <c>output_format</c> of older clients.</summary>
    private static ResponseFormat? ReadFormat(JsonElement root, BodyChecks checks)
    {
        FieldPath path = "output_format";
        if (checks.TryObject(root, "output_config", "output_config", out var config) && BodyChecks.TryGet(config, "format", out _))
        {
            path = ((FieldPath)"output_config").Dot("format");
            root = config;
        }

        if (!checks.TryObject(root, BodyChecks.TryGet(root, "format", out _) ? "format" : "output_format", path, out var format))
        {
            return null;
        }

        var type = checks.NeededText(format, "type", path.Dot("type"));
        if (type != "json_schema")
        {
            checks.Add(RequestErrors.InvalidValue(path.Dot("type").ToString(), type, "'json_schema'"));
            return null;
        }

        if (checks.TryObject(format, "schema", path.Dot("schema"), out var schema))
        {
            return new ResponseFormat(ResponseFormatKind.JsonSchema, "reply", schema.GetRawText(), Strict: true);
        }

        checks.Add(RequestErrors.Missing(path.Dot("schema").ToString()));
        return null;
    }
}
