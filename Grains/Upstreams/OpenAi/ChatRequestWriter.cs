using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Writes a call as the body of <c>POST /chat/completions</c>. <c>n</c>, <c>store</c>, <c>service_tier</c> and other fields that choose the number of outputs or the price
/// are never written. Pure.
/// </summary>
internal static class ChatRequestWriter
{
    /// <summary>Text stays as it is; only what JSON must escape is escaped.</summary>
    public static JsonWriterOptions JsonOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };

    /// <exception cref="UpstreamException">The request holds something that this provider cannot be sent; nothing was sent.</exception>
    public static void Write(IBufferWriter<byte> output, UpstreamCall call, OpenAiPool pool)
    {
        using var json = new Utf8JsonWriter(output, JsonOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, call.Target.Model);
        json.WriteStartArray("messages"u8);
        new ChatMessageWriter(json, pool, call).Write();
        json.WriteEndArray();
        ChatToolWriter.Write(json, call.Turn, call.Sampling.ParallelToolCalls, pool);
        WriteFormat(json, call.Turn.Format, pool);
        WriteSampling(json, call.Sampling, pool);
        ChatExtensionFields.Write(json, call.Turn.Extensions, call.Turn.ClientKeyId, pool);
        var streams = !pool.Lacks(OpenAiQuirks.Stream);
        json.WriteBoolean("stream"u8, streams);
        if (streams && !pool.Lacks(OpenAiQuirks.StreamOptions))
        {
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes JSON text of the client as it is.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="text">The text.</param>
    /// <param name="field">The request's field that holds the text.</param>
    /// <exception cref="UpstreamException">The text is not JSON.</exception>
    public static void WriteRaw(Utf8JsonWriter json, string text, string field)
    {
        try
        {
            json.WriteRawValue(text);
        }
        catch (Exception invalid) when (invalid is JsonException or ArgumentException)
        {
            throw OpenAiFailures.Unsendable(field, $"The field \"{field}\" does not hold valid JSON.");
        }
    }

    private static void WriteFormat(Utf8JsonWriter json, ResponseFormat? format, OpenAiPool pool)
    {
        if (format is null)
        {
            return;
        }

        var isSchema = format.Kind == ResponseFormatKind.JsonSchema;
        if (pool.Lacks(isSchema ? OpenAiQuirks.JsonSchema : OpenAiQuirks.JsonObject))
        {
            return;
        }

        json.WriteStartObject("response_format"u8);
        json.WriteString("type"u8, isSchema ? "json_schema"u8 : "json_object"u8);
        if (isSchema)
        {
            json.WriteStartObject("json_schema"u8);
            json.WriteString("name"u8, format.Name ?? "reply");
            if (format.Description is { } description)
            {
                json.WriteString("description"u8, description);
            }

            if (format.Schema is { } schema)
            {
                json.WritePropertyName("schema"u8);
                WriteRaw(json, schema, "response_format");
            }

            if (format.Strict is { } strict && !pool.Lacks(OpenAiQuirks.Strict))
            {
                json.WriteBoolean("strict"u8, strict);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSampling(Utf8JsonWriter json, SamplingOptions sampling, OpenAiPool pool)
    {
        WriteLimit(json, sampling.MaxOutputTokens, pool);
        if (!sampling.Stop.IsDefaultOrEmpty && !pool.Lacks(OpenAiQuirks.Stop))
        {
            json.WriteStartArray("stop"u8);
            foreach (var stop in sampling.Stop)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }

        WriteNumber(json, OpenAiQuirks.Temperature, sampling.Temperature, pool);
        WriteNumber(json, OpenAiQuirks.TopP, sampling.TopP, pool);
        WriteNumber(json, OpenAiQuirks.PresencePenalty, sampling.PresencePenalty, pool);
        WriteNumber(json, OpenAiQuirks.FrequencyPenalty, sampling.FrequencyPenalty, pool);
        WriteText(json, OpenAiQuirks.ReasoningEffort, sampling.ReasoningEffort, pool);
        WriteText(json, OpenAiQuirks.Verbosity, sampling.Verbosity, pool);
        if (sampling.Seed is { } seed && !pool.Lacks(OpenAiQuirks.Seed))
        {
            json.WriteNumber("seed"u8, seed);
        }

        if (pool.Lacks(OpenAiQuirks.Logprobs))
        {
            return;
        }

        if (sampling.Logprobs is { } logprobs)
        {
            json.WriteBoolean("logprobs"u8, logprobs);
        }

        if (sampling.TopLogprobs is { } top)
        {
            json.WriteNumber("top_logprobs"u8, top);
        }
    }

    private static void WriteLimit(Utf8JsonWriter json, int? limit, OpenAiPool pool)
    {
        if (limit is not { } most)
        {
            return;
        }

        if (!pool.Lacks(OpenAiQuirks.MaxCompletionTokens))
        {
            json.WriteNumber("max_completion_tokens"u8, most);
        }
        else if (!pool.Lacks(OpenAiQuirks.MaxTokens))
        {
            json.WriteNumber("max_tokens"u8, most);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string knob, double? value, OpenAiPool pool)
    {
        if (value is { } number && !pool.Lacks(knob))
        {
            json.WriteNumber(knob, number);
        }
    }

    private static void WriteText(Utf8JsonWriter json, string knob, string? value, OpenAiPool pool)
    {
        if (value is not null && !pool.Lacks(knob))
        {
            json.WriteString(knob, value);
        }
    }
}
