using System.Buffers;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Writes a call as the body of <c>POST /responses</c>. The provider keeps nothing: every request has the whole context, and no id of what a provider holds passes.
/// Pure.
/// </summary>
internal static class ResponsesRequestWriter
{
    private const string Sealed = "reasoning.encrypted_content";

    /// <exception cref="UpstreamException">The request holds something that this provider cannot be sent; nothing was sent.</exception>
    public static void Write(IBufferWriter<byte> output, UpstreamCall call, OpenAiPool pool, ReasoningSeal seal)
    {
        using var fields = ResponsesFields.Of(call.Turn.Extensions);
        using var json = new Utf8JsonWriter(output, ChatRequestWriter.JsonOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, call.Target.Model);
        if (!string.IsNullOrEmpty(call.Turn.Instructions))
        {
            json.WriteString("instructions"u8, call.Turn.Instructions);
        }

        json.WriteStartArray("input"u8);
        new ResponsesItemWriter(json, call, seal).Write();
        json.WriteEndArray();
        ResponsesToolWriter.Write(json, call, fields, pool);
        WriteText(json, call, pool);
        WriteReasoning(json, call.Sampling, fields, pool);
        WriteSampling(json, call.Sampling, pool);
        WriteInclude(json, call.Sampling, fields);
        WriteNames(json, call, fields, pool);
        json.WriteBoolean("store"u8, false);
        json.WriteBoolean("stream"u8, !pool.Lacks(OpenAiQuirks.Stream));
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, UpstreamCall call, OpenAiPool pool)
    {
        var verbosity = pool.Lacks(OpenAiQuirks.Verbosity) ? null : call.Sampling.Verbosity;
        var format = call.Turn.Format;
        var isSchema = format?.Kind == ResponseFormatKind.JsonSchema;
        if (format is not null && pool.Lacks(isSchema ? OpenAiQuirks.JsonSchema : OpenAiQuirks.JsonObject))
        {
            format = null;
        }

        if (format is null && verbosity is null)
        {
            return;
        }

        json.WriteStartObject("text"u8);
        if (format is not null)
        {
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, isSchema ? "json_schema"u8 : "json_object"u8);
            if (isSchema)
            {
                WriteSchema(json, format, pool);
            }

            json.WriteEndObject();
        }

        if (verbosity is not null)
        {
            json.WriteString("verbosity"u8, verbosity);
        }

        json.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter json, ResponseFormat format, OpenAiPool pool)
    {
        json.WriteString("name"u8, format.Name ?? "reply");
        if (format.Description is { } description)
        {
            json.WriteString("description"u8, description);
        }

        if (format.Schema is { } schema)
        {
            json.WritePropertyName("schema"u8);
            ChatRequestWriter.WriteRaw(json, schema, "text.format");
        }

        if (format.Strict is { } strict && !pool.Lacks(OpenAiQuirks.Strict))
        {
            json.WriteBoolean("strict"u8, strict);
        }
    }

    private static void WriteReasoning(Utf8JsonWriter json, SamplingOptions sampling, ResponsesFields fields, OpenAiPool pool)
    {
        var effort = pool.Lacks(OpenAiQuirks.ReasoningEffort) ? null : sampling.ReasoningEffort;
        var summary = fields["reasoning_summary"]?.GetString();
        if (effort is null && summary is null)
        {
            return;
        }

        json.WriteStartObject("reasoning"u8);
        if (effort is not null)
        {
            json.WriteString("effort"u8, effort);
        }

        if (summary is not null)
        {
            json.WriteString("summary"u8, summary);
        }

        json.WriteEndObject();
    }

    private static void WriteSampling(Utf8JsonWriter json, SamplingOptions sampling, OpenAiPool pool)
    {
        if (sampling.MaxOutputTokens is { } most && !(pool.Lacks(OpenAiQuirks.MaxCompletionTokens) && pool.Lacks(OpenAiQuirks.MaxTokens)))
        {
            json.WriteNumber("max_output_tokens"u8, most);
        }

        if (sampling.Temperature is { } temperature && !pool.Lacks(OpenAiQuirks.Temperature))
        {
            json.WriteNumber("temperature"u8, temperature);
        }

        if (sampling.TopP is { } topP && !pool.Lacks(OpenAiQuirks.TopP))
        {
            json.WriteNumber("top_p"u8, topP);
        }

        if (sampling is { Logprobs: true, TopLogprobs: { } top } && !pool.Lacks(OpenAiQuirks.Logprobs))
        {
            json.WriteNumber("top_logprobs"u8, top);
        }
    }

    /// <summary>Sealed reasoning is asked for where the client does, or where the request shows that the model reasons: other models refuse the field.</summary>
    private static void WriteInclude(Utf8JsonWriter json, SamplingOptions sampling, ResponsesFields fields)
    {
        var wishes = new HashSet<string>(StringComparer.Ordinal);
        if (fields["include"] is { ValueKind: JsonValueKind.Array } include)
        {
            wishes.UnionWith(include.EnumerateArray().Select(static wish => wish.GetString() ?? ""));
        }

        if (sampling.ReasoningEffort is not (null or "none") || fields["reasoning_summary"] is not null)
        {
            wishes.Add(Sealed);
        }

        if (sampling.Logprobs == true)
        {
            wishes.Add("message.output_text.logprobs");
        }

        if (wishes.Count == 0)
        {
            return;
        }

        json.WriteStartArray("include"u8);
        foreach (var wish in wishes)
        {
            json.WriteStringValue(wish);
        }

        json.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter json, UpstreamCall call, ResponsesFields fields, OpenAiPool pool)
    {
        foreach (var name in ChatExtensionFields.OfClient)
        {
            if (!pool.Lacks(OpenAiQuirks.User) && !pool.Lacks(name) && fields[name] is { ValueKind: JsonValueKind.String } value)
            {
                json.WriteString(name, ClientScope.Of(call.Turn.ClientKeyId, value.GetString()!));
            }
        }
    }
}
