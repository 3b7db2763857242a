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
        ParsedBody.Read(body, root => ReadRoot(root, strict), out request);

    private static CompletionsRequest ReadRoot(RequestField root, bool strict)
    {
        var model = root["model"].Required();
        var prompt = ReadPrompt(root["prompt"]);
        var stream = root["stream"].Boolean() ?? false;
        RefuseWhatIsNotMade(root);
        var unknown = strict
            ? root.Value.EnumerateObject().Select(static field => field.Name).FirstOrDefault(name => !Known.Contains(name))
            : null;
        if (unknown is not null)
        {
            root.Refuse(RequestErrors.Unknown(RequestErrors.Shorten(unknown)));
        }

        return new CompletionsRequest
        {
            Model = model,
            Stream = stream,
            IncludeUsage = stream && root["stream_options"]["include_usage"].Boolean() == true,
            Echo = root["echo"].Boolean() == true ? prompt : "",
            Content = new TurnContent { Input = [MessageItem.Of(MessageRole.User, prompt)], Sampling = ReadSampling(root) },
        };
    }

    /// <summary>One text, or a list of one text. Numbers of tokens cannot be read without the model's own tokenizer.</summary>
    private static string ReadPrompt(RequestField field)
    {
        if (!field.IsGiven)
        {
            field.RefuseMissing();
            return "";
        }

        var prompt = field.Value;
        if (prompt.ValueKind == JsonValueKind.Array)
        {
            if (prompt.GetArrayLength() != 1)
            {
                field.Refuse(RequestErrors.Unsupported(field.Path, "Send one prompt a request, as text."));
                return "";
            }

            prompt = prompt[0];
        }

        if (prompt.ValueKind != JsonValueKind.String)
        {
            field.RefuseType("a string or an array of one string");
            return "";
        }

        var text = prompt.GetString()!;
        if (text.Length == 0)
        {
            field.Refuse(RequestErrors.Empty(field.Path));
        }

        return text;
    }

    private static SamplingOptions ReadSampling(RequestField root) =>
        new()
        {
            MaxOutputTokens = (int)Math.Min(root["max_tokens"].Integer(1, long.MaxValue) ?? DefaultMaxTokens, int.MaxValue),
            Stop = ReadStop(root["stop"]),
            Temperature = root["temperature"].Decimal(0, 2),
            TopP = root["top_p"].Decimal(0, 1),
            PresencePenalty = root["presence_penalty"].Decimal(-2, 2),
            FrequencyPenalty = root["frequency_penalty"].Decimal(-2, 2),
            Seed = root["seed"].Integer(long.MinValue, long.MaxValue),
        };

    private static ImmutableArray<string> ReadStop(RequestField field)
    {
        if (field.Value.ValueKind == JsonValueKind.String)
        {
            return field.String() is { Length: > 0 } one ? [one] : [];
        }

        var texts = field.Elements("a string or an array of strings").Select(static text => text.String() ?? "").ToList();
        if (texts.Count > MostStops)
        {
            field.Refuse(RequestErrors.ArrayTooLong(field.Path, MostStops, texts.Count));
        }

        return [.. texts.Where(static text => text.Length > 0)];
    }

    private static void RefuseWhatIsNotMade(RequestField root)
    {
        foreach (var name in (ReadOnlySpan<string>)["n", "best_of"])
        {
            if (root[name].Integer(1, 128) > 1)
            {
                root.Refuse(RequestErrors.Unsupported(name, "Only one choice a request; send the request again for another."));
            }
        }

        if (!string.IsNullOrEmpty(root["suffix"].String()))
        {
            root.Refuse(RequestErrors.Unsupported("suffix", "Text is only added at the end here."));
        }

        if (root["logprobs"].IsGiven)
        {
            root.Refuse(RequestErrors.Unsupported("logprobs", "Ask for log probabilities with /v1/chat/completions."));
        }
    }
}
