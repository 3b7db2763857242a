using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Reads the fields that say how the reply is made.</summary>
internal static class SamplingReader
{
    public static ApiError? Read(ref Utf8JsonReader json, ref ChatFields fields, out bool read)
    {
        read = true;
        if (json.ValueTextEquals("temperature"u8))
        {
            json.Read();
            return JsonField.ReadDecimal(ref json, "temperature", 0, 2, out fields.Temperature);
        }

        if (json.ValueTextEquals("max_completion_tokens"u8))
        {
            json.Read();
            return JsonField.ReadInteger(ref json, "max_completion_tokens", 1, long.MaxValue, out fields.MaxCompletionTokens);
        }

        if (json.ValueTextEquals("max_tokens"u8))
        {
            json.Read();
            return JsonField.ReadInteger(ref json, "max_tokens", 1, long.MaxValue, out fields.MaxTokens);
        }

        if (json.ValueTextEquals("stop"u8))
        {
            json.Read();
            return StopReader.Read(ref json, out fields.Stop);
        }

        if (json.ValueTextEquals("top_p"u8))
        {
            json.Read();
            return JsonField.ReadDecimal(ref json, "top_p", 0, 1, out fields.TopP);
        }

        if (json.ValueTextEquals("presence_penalty"u8))
        {
            json.Read();
            return JsonField.ReadDecimal(ref json, "presence_penalty", -2, 2, out fields.PresencePenalty);
        }

        if (json.ValueTextEquals("frequency_penalty"u8))
        {
            json.Read();
            return JsonField.ReadDecimal(ref json, "frequency_penalty", -2, 2, out fields.FrequencyPenalty);
        }

        return ReadRest(ref json, ref fields, out read);
    }

    /// <summary>The options; all requests without options share one object.</summary>
    public static SamplingOptions Finish(in ChatFields fields, bool usesFunctions)
    {
        var most = fields.MaxCompletionTokens ?? fields.MaxTokens;
        var isPlain =
            most is null
            && fields.Stop.IsDefaultOrEmpty
            && (fields.Temperature, fields.TopP, fields.PresencePenalty, fields.FrequencyPenalty) is (null, null, null, null)
            && (fields.Seed, fields.Logprobs, fields.TopLogprobs) is (null, null, null)
            && (fields.ReasoningEffort, fields.Verbosity, fields.ParallelToolCalls) is (null, null, null)
            && !usesFunctions;
        return isPlain
            ? SamplingOptions.Default
            : new SamplingOptions
            {
                MaxOutputTokens = most is { } tokens ? (int)Math.Min(tokens, int.MaxValue) : null,
                Stop = fields.Stop.IsDefault ? [] : fields.Stop,
                Temperature = fields.Temperature,
                TopP = fields.TopP,
                PresencePenalty = fields.PresencePenalty,
                FrequencyPenalty = fields.FrequencyPenalty,
                Seed = fields.Seed,
                Logprobs = fields.Logprobs,
                TopLogprobs = (int?)fields.TopLogprobs,
                ReasoningEffort = fields.ReasoningEffort,
                Verbosity = fields.Verbosity,
                // The old form of a reply has room for one call.
                ParallelToolCalls = usesFunctions ? false : fields.ParallelToolCalls,
            };
    }

    private static ApiError? ReadRest(ref Utf8JsonReader json, ref ChatFields fields, out bool read)
    {
        read = true;
        if (json.ValueTextEquals("seed"u8))
        {
            json.Read();
            return JsonField.ReadInteger(ref json, "seed", long.MinValue, long.MaxValue, out fields.Seed);
        }

        if (json.ValueTextEquals("logprobs"u8))
        {
            json.Read();
            return JsonField.ReadBoolean(ref json, "logprobs", out fields.Logprobs);
        }

        if (json.ValueTextEquals("top_logprobs"u8))
        {
            json.Read();
            return JsonField.ReadInteger(ref json, "top_logprobs", 0, 20, out fields.TopLogprobs);
        }

        if (json.ValueTextEquals("reasoning_effort"u8))
        {
            json.Read();
            return JsonField.ReadChoice(ref json, "reasoning_effort", ReasoningEfforts.Efforts, out fields.ReasoningEffort);
        }

        if (json.ValueTextEquals("verbosity"u8))
        {
            json.Read();
            return JsonField.ReadChoice(ref json, "verbosity", ReasoningEfforts.Verbosities, out fields.Verbosity);
        }

        if (json.ValueTextEquals("parallel_tool_calls"u8))
        {
            json.Read();
            return JsonField.ReadBoolean(ref json, "parallel_tool_calls", out fields.ParallelToolCalls);
        }

        read = false;
        return null;
    }
}
