using System.Collections.Frozen;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Passes on the fields of a request that the gateway does not know, for a client that speaks this dialect. Fields that are written from the turn, that choose model,
/// price or number of outputs, that use or make state at the provider, or that would lead a server elsewhere are never passed on. Names are compared without regard to
/// case, as some servers do. Pure.
/// </summary>
internal static class ChatExtensionFields
{
    private static readonly FrozenSet<string> Withheld = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        // Written from the turn.
        "model",
        "messages",
        "input",
        "prompt",
        "tools",
        "tool_choice",
        "functions",
        "function_call",
        "parallel_tool_calls",
        "response_format",
        "max_tokens",
        "max_completion_tokens",
        "max_output_tokens",
        "stop",
        "temperature",
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "seed",
        "logprobs",
        "top_logprobs",
        "reasoning_effort",
        "verbosity",
        "stream",
        "stream_options",
        "dimensions",
        "encoding_format",
        // Number of outputs.
        "n",
        "best_of",
        "num_return_sequences",
        "use_beam_search",
        // Price, priority and billing.
        "service_tier",
        "priority",
        "web_search_options",
        "plugins",
        "max_price",
        // Another model or another server.
        "models",
        "route",
        "provider",
        "providers",
        "preset",
        "fallbacks",
        "api_key",
        "api_base",
        "api_version",
        "base_url",
        "organization",
        "custom_llm_provider",
        "deployment_id",
        "extra_headers",
        "headers",
        "extra_body",
        "extra_query",
        "mock_response",
        // State at the provider, which other clients of the account share.
        "store",
        "metadata",
        "background",
        "conversation",
        "previous_response_id",
        "session_id",
        "container",
        "file_ids",
        "request_id",
        "cache_salt",
        "kv_transfer_params"
    );

    /// <summary>The client's own names for its user and its prompt cache.</summary>
    public static FrozenSet<string> OfClient { get; } =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "user", "prompt_cache_key", "safety_identifier");

    /// <summary>Writes the fields that may pass.</summary>
    /// <exception cref="ArgumentException">The extensions are not one JSON object.</exception>
    public static void Write(Utf8JsonWriter json, RequestExtensions? extensions, string clientKeyId, OpenAiPool pool)
    {
        if (extensions is not { Dialect: DialectNames.OpenAiChat or DialectNames.OpenAiResponses })
        {
            return;
        }

        var isNative = extensions.Dialect == DialectNames.OpenAiChat;

        using var fields = Parse(extensions.Json);
        foreach (var field in fields.RootElement.EnumerateObject())
        {
            if (!IsPrintableAscii(field.Name) || Withheld.Contains(field.Name) || pool.Lacks(field.Name))
            {
                continue;
            }

            if (!OfClient.Contains(field.Name))
            {
                if (isNative)
                {
                    field.WriteTo(json);
                }
            }
            else if (field.Value.ValueKind == JsonValueKind.String && !pool.Lacks(OpenAiQuirks.User))
            {
                json.WriteString(field.Name, ClientScope.Of(clientKeyId, field.Value.GetString()!));
            }
        }
    }

    private static JsonDocument Parse(string text)
    {
        try
        {
            var fields = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
            if (fields.RootElement.ValueKind == JsonValueKind.Object)
            {
                return fields;
            }

            fields.Dispose();
        }
        catch (JsonException)
        {
            // Reported below.
        }

        throw new ArgumentException("The extensions of a request are not one JSON object.");
    }

    // A server that folds letters beyond ASCII would read some names as names of withheld fields.
    private static bool IsPrintableAscii(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExceptInRange('!', '~');
}
