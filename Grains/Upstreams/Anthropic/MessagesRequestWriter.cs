using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Writes a call as the body of <c>POST /v1/messages</c>. Pure.</summary>
internal static class MessagesRequestWriter
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };

    /// <param name="output">Where to.</param>
    /// <param name="call">The call.</param>
    /// <param name="native">What a client of this dialect asked for.</param>
    /// <param name="defaultMaxTokens">The output limit of a call and a target that have none.</param>
    /// <param name="seal">Opens signatures that clients of other dialects bring back.</param>
    /// <exception cref="UpstreamException">The request holds something that this provider cannot be sent; nothing was sent.</exception>
    public static void Write(IBufferWriter<byte> output, UpstreamCall call, NativeRequest native, int defaultMaxTokens, ReasoningSeal seal)
    {
        using var json = new Utf8JsonWriter(output, JsonOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, call.Target.Model);
        var most =
            call.Sampling.MaxOutputTokens
            ?? AnthropicPoolRules.MaxTokens(call.Target.Options.GetValueOrDefault(AnthropicKind.MaxTokensOption))
            ?? defaultMaxTokens;
        json.WriteNumber("max_tokens"u8, most);
        new MessageWriter(json, call, native.IsNative, seal).Write();
        MessagesToolWriter.Write(json, call, native);
        WriteSampling(json, call.Sampling, native);
        WriteOutputConfig(json, call.Turn.Format, native);
        WriteMetadata(json, call.Turn.ClientKeyId, native);
        native.WriteFields(json, most < call.Turn.Sampling.MaxOutputTokens ? most : null);
        json.WriteBoolean("stream"u8, true);
        json.WriteEndObject();
    }

    /// <summary>Writes JSON text of the client as it is.</summary>
    /// <exception cref="UpstreamException">The text is not JSON.</exception>
    public static void WriteRaw(Utf8JsonWriter json, string text, string field)
    {
        try
        {
            json.WriteRawValue(text);
        }
        catch (Exception invalid) when (invalid is JsonException or ArgumentException)
        {
            throw AnthropicFailures.Unsendable(field, $"The field \"{field}\" does not hold valid JSON.");
        }
    }

    private static void WriteSampling(Utf8JsonWriter json, SamplingOptions sampling, NativeRequest native)
    {
        if (!sampling.Stop.IsDefaultOrEmpty)
        {
            // The provider refuses a stop string of white space alone.
            var stops = sampling.Stop.Where(stop => native.IsNative || !string.IsNullOrWhiteSpace(stop)).ToList();
            json.WriteStartArray("stop_sequences"u8);
            stops.ForEach(json.WriteStringValue);
            json.WriteEndArray();
        }

        if (sampling.Temperature is { } temperature)
        {
            json.WriteNumber("temperature"u8, Math.Min(temperature, 1));
        }

        // Newer models take only one of the two fields.
        if (sampling.TopP is { } topP && (native.IsNative || sampling.Temperature is null))
        {
            json.WriteNumber("top_p"u8, topP);
        }
    }

    private static void WriteOutputConfig(Utf8JsonWriter json, ResponseFormat? format, NativeRequest native)
    {
        var config = native.Find("output_config");
        if (format?.Schema is null && config is null)
        {
            return;
        }

        json.WriteStartObject("output_config"u8);
        if (config is { ValueKind: JsonValueKind.Object } sent)
        {
            foreach (var member in sent.EnumerateObject().Where(static member => !member.NameEquals("format"u8)))
            {
                member.WriteTo(json);
            }
        }

        if (format?.Schema is { } schema)
        {
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, "json_schema"u8);
            json.WritePropertyName("schema"u8);
            WriteRaw(json, schema, "response_format");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>The client's name for its user, as a name that no other client can make and that reveals nothing to the provider.</summary>
    private static void WriteMetadata(Utf8JsonWriter json, string clientKeyId, NativeRequest native)
    {
        if (
            native.Find("metadata") is { ValueKind: JsonValueKind.Object } metadata
            && metadata.TryGetProperty("user_id", out var user)
            && user.ValueKind == JsonValueKind.String
        )
        {
            json.WriteStartObject("metadata"u8);
            json.WriteString("user_id"u8, ClientScope.Of(clientKeyId, user.GetString()!));
            json.WriteEndObject();
        }
    }
}
