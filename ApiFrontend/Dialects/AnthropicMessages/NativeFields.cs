using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>
/// Collects what only a provider of this dialect understands, so that such a provider gets it as it is: fields without a neutral meaning, tools with members or types
/// of this dialect, and the names of beta features.
/// </summary>
internal static class NativeFields
{
    /// <summary>The member with the names of beta features; not a field of the API.</summary>
    public const string Betas = "anthropic_beta";

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly FrozenSet<string> Neutral = FrozenSet.Create(
        StringComparer.Ordinal,
        "model",
        "messages",
        "system",
        "max_tokens",
        "stop_sequences",
        "stream",
        "temperature",
        "top_p",
        "output_format",
        "thread",
        Betas
    );

    /// <summary>Known fields without a neutral meaning; not unknown when unknown fields are refused.</summary>
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "tools",
        "tool_choice",
        "output_config",
        "top_k",
        "thinking",
        "metadata",
        "service_tier",
        "context_management",
        "container",
        "mcp_servers",
        "cache_control",
        "inference_geo",
        "speed"
    );

    private static readonly FrozenSet<string> OfTool = FrozenSet.Create(
        StringComparer.Ordinal,
        "type",
        "name",
        "description",
        "input_schema"
    );

    /// <summary>The members as one JSON object, which is empty when there are none.</summary>
    public static string Collect(RequestField body, string? betas, bool strict)
    {
        var root = body.Value;
        var bytes = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(bytes, Json))
        {
            json.WriteStartObject();
            var keepsTools = HasNativeTools(root);
            foreach (var field in root.EnumerateObject())
            {
                if (Neutral.Contains(field.Name) || field.Value.ValueKind == JsonValueKind.Null)
                {
                    continue;
                }

                if (strict && !Known.Contains(field.Name))
                {
                    body.Refuse(RequestErrors.Unknown(RequestErrors.Shorten(field.Name)));
                }

                if (field.Name is not ("tools" or "tool_choice") || keepsTools)
                {
                    field.WriteTo(json);
                }
            }

            if (betas is not null)
            {
                json.WriteString(Betas, betas);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Whether any provider understands the tool.</summary>
    public static bool IsFunction(JsonElement tool) =>
        !tool.TryGetProperty("type", out var type)
        || type.ValueKind == JsonValueKind.Null
        || (type.ValueKind == JsonValueKind.String && type.ValueEquals("custom"u8));

    /// <summary>Whether there is a tool of this name that only a provider of this dialect understands.</summary>
    public static bool HasNativeTool(JsonElement root, string name) =>
        Tools(root)
            .Any(tool =>
                !IsFunction(tool)
                && tool.TryGetProperty("name", out var named)
                && named.ValueKind == JsonValueKind.String
                && named.ValueEquals(name)
            );

    private static bool HasNativeTools(JsonElement root) =>
        Tools(root)
            .Any(static tool =>
                !IsFunction(tool)
                || tool.EnumerateObject()
                    .Any(static member => member.Value.ValueKind != JsonValueKind.Null && !OfTool.Contains(member.Name))
            );

    private static IEnumerable<JsonElement> Tools(JsonElement root) =>
        root.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array
            ? tools.EnumerateArray().Where(static tool => tool.ValueKind == JsonValueKind.Object)
            : [];
}
