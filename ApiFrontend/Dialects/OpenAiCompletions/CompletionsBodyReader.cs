using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiCompletions;

/// <summary>Reads the body of a completion request.</summary>
internal static class CompletionsBodyReader
{
    private const int DefaultMaxTokens = 16;
    private const int MostStops = 4;

    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "model",
        "prompt",
        "max_tokens",
        "stop",
        "temperature",
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "seed",
        "stream",
        "stream_options",
        "n",
        "best_of",
        "echo",
        "suffix",
        "logprobs",
        "user",
        "logit_bias"
    );

    /// <summary>Reads and checks a whole body. Null when all is well, else the first problem.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="strict">Whether unknown fields are refused.</param>
    /// <param name="request">The request when there is no error.</param>
    public static ApiError? Read(in ReadOnlySequence<byte> body, bool strict, out CompletionsRequest? request) =>
        BodyTree.Read(body, (root, checks) => ReadRoot(root, strict, checks), out request);

    private static CompletionsRequest ReadRoot(JsonElement root, bool strict, BodyChecks checks)
    {
        var model = checks.NeededText(root, "model", "model");
        if (model.Length == 0)
        {
            checks.Add(RequestErrors.Missing("model"));
        }

        var prompt = ReadPrompt(root, checks);
        var stream = checks.Flag(root, "stream", "stream") ?? false;
        RefuseWhatIsNotMade(root, checks);
        if (
            strict
            && root.EnumerateObject().FirstOrDefault(static field => !Known.Contains(field.Name))
                is { Value.ValueKind: not JsonValueKind.Undefined } unknown
        )
        {
            checks.Add(RequestErrors.Unknown(RequestErrors.Shorten(unknown.Name)));
        }

        return new CompletionsRequest
        {
            Model = model,
            Stream = stream,
            IncludeUsage = stream && IncludesUsage(root, checks),
            Echo = checks.Flag(root, "echo", "echo") == true ? prompt : "",
            Content = new TurnContent { Input = [MessageItem.Of(MessageRole.User, prompt)], Sampling = ReadSampling(root, checks) },
        };
    }

    /// <summary>One text, or a list of one. Numbers of tokens cannot be read without the model's own tokenizer.</summary>
    private static string ReadPrompt(JsonElement root, BodyChecks checks)
    {
        const string Name = "prompt";
        if (!BodyChecks.TryGet(root, Name, out var prompt))
        {
            checks.Add(RequestErrors.Missing(Name));
            return "";
        }

        if (prompt.ValueKind == JsonValueKind.Array)
        {
            if (prompt.GetArrayLength() != 1)
            {
                checks.Add(RequestErrors.Unsupported(Name, "Send one prompt a request, as text."));
                return "";
            }

            prompt = prompt[0];
        }

        if (prompt.ValueKind != JsonValueKind.String)
        {
            checks.Add(RequestErrors.InvalidType(Name, "a string or an array of one string", "tokens"));
            return "";
        }

        var text = prompt.GetString()!;
        if (text.Length == 0)
        {
            checks.Add(RequestErrors.Empty(Name));
        }

        return text;
    }

    private static SamplingOptions ReadSampling(JsonElement root, BodyChecks checks)
    {
        var most = checks.Integer(root, "max_tokens", "max_tokens", least: 1) ?? DefaultMaxTokens;
        return new SamplingOptions
        {
            MaxOutputTokens = (int)Math.Min(most, int.MaxValue),
            Stop = ReadStop(root, checks),
            Temperature = checks.Decimal(root, "temperature", "temperature", 0, 2),
            TopP = checks.Decimal(root, "top_p", "top_p", 0, 1),
            PresencePenalty = checks.Decimal(root, "presence_penalty", "presence_penalty", -2, 2),
            FrequencyPenalty = checks.Decimal(root, "frequency_penalty", "frequency_penalty", -2, 2),
            Seed = checks.Integer(root, "seed", "seed", long.MinValue),
        };
    }

    private static ImmutableArray<string> ReadStop(JsonElement root, BodyChecks checks)
    {
        if (!BodyChecks.TryGet(root, "stop", out var stop))
        {
            return [];
        }

        if (stop.ValueKind == JsonValueKind.String)
        {
            return stop.GetString() is { Length: > 0 } one ? [one] : [];
        }

        if (!checks.Is(stop, JsonValueKind.Array, "stop", "a string or an array of strings"))
        {
            return [];
        }

        if (stop.GetArrayLength() > MostStops)
        {
            checks.Add(RequestErrors.ArrayTooLong("stop", MostStops, stop.GetArrayLength()));
        }

        return
        [
            .. stop.EnumerateArray()
                .Select((text, i) => checks.Is(text, JsonValueKind.String, ((FieldPath)"stop").At(i), "a string") ? text.GetString()! : "")
                .Where(static text => text.Length > 0),
        ];
    }

    private static void RefuseWhatIsNotMade(JsonElement root, BodyChecks checks)
    {
        foreach (var name in (ReadOnlySpan<string>)["n", "best_of"])
        {
            if (checks.Integer(root, name, name, least: 1) > 1)
            {
                checks.Add(RequestErrors.Unsupported(name, "Only one choice a request; send the request again for another."));
            }
        }

        if (!string.IsNullOrEmpty(checks.Text(root, "suffix", "suffix")))
        {
            checks.Add(RequestErrors.Unsupported("suffix", "Text is only added at the end here."));
        }

        if (BodyChecks.TryGet(root, "logprobs", out _))
        {
            checks.Add(RequestErrors.Unsupported("logprobs", "Ask for log probabilities with /v1/chat/completions."));
        }
    }

    private static bool IncludesUsage(JsonElement root, BodyChecks checks) =>
        checks.TryObject(root, "stream_options", "stream_options", out var options)
        && checks.Flag(options, "include_usage", ((FieldPath)"stream_options").Dot("include_usage")) == true;
}
