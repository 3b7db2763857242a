using System.Collections.Frozen;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>
/// What a client of this dialect asked for beyond the neutral fields. Fields that are written from the turn, that choose price or billing, or that use or make state at
/// the provider, which all clients of the account share, are never passed on. Names are compared without regard to case.
/// </summary>
internal sealed class NativeRequest : IDisposable
{
    private const string BetaField = "anthropic_beta";

    /// <summary>The provider refuses a smaller budget of thinking.</summary>
    private const int LeastBudget = 1024;

    private static readonly FrozenSet<string> Withheld = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        // Written from the turn, or beside it.
        "model",
        "messages",
        "system",
        "max_tokens",
        "stop_sequences",
        "stream",
        "temperature",
        "top_p",
        "tools",
        "tool_choice",
        "output_config",
        "output_format",
        "metadata",
        BetaField,
        // Price and billing.
        "service_tier",
        "speed",
        "inference_geo",
        "workspace_id",
        "user_profile_id",
        "fallbacks",
        // State at the provider.
        "container",
        "thread",
        "diagnostics"
    );

    /// <summary>Beginnings of the names of beta features that cost nothing and keep nothing by themselves.</summary>
    private static readonly string[] PassedBetas =
    [
        "interleaved-thinking-",
        "fine-grained-tool-streaming-",
        "token-efficient-tools-",
        "context-management-",
        "prompt-caching-",
        "extended-cache-ttl-",
        "output-128k-",
        "pdfs-",
        "computer-use-",
        "structured-outputs-",
        "effort-",
        "advanced-tool-use-",
        "tool-search-tool-",
        "mcp-client-",
        "web-fetch-",
        "compact-",
    ];

    private readonly JsonDocument? _fields;

    private NativeRequest(JsonDocument? fields) => _fields = fields;

    /// <summary>Whether the client speaks this dialect.</summary>
    public bool IsNative => _fields is not null;

    /// <summary>Names of beta features to ask for, separated by commas; empty for none.</summary>
    public string Betas =>
        Find(BetaField) is { ValueKind: JsonValueKind.String } names
            ? string.Join(',', names.GetString()!.Split(',', StringSplitOptions.TrimEntries).Where(IsPassed))
            : "";

    public static NativeRequest Of(RequestExtensions? extensions) =>
        new(extensions is { Dialect: DialectNames.AnthropicMessages } ? JsonDocument.Parse(extensions.Json) : null);

    /// <summary>A field as the client sent it; null when there is none.</summary>
    public JsonElement? Find(string name) => _fields?.RootElement.TryGetProperty(name, out var value) == true ? value : null;

    /// <summary>Writes the fields that pass as they are.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="lowered">The output limit when it is lower than the client's: a budget of thinking must fit into it.</param>
    public void WriteFields(Utf8JsonWriter json, int? lowered = null)
    {
        if (_fields is null)
        {
            return;
        }

        foreach (var field in _fields.RootElement.EnumerateObject())
        {
            if (lowered is { } most && field.NameEquals("thinking"u8) && BudgetOf(field.Value) >= most)
            {
                WriteThinking(json, most);
            }
            else if (!Withheld.Contains(field.Name) && !field.Name.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                field.WriteTo(json);
            }
        }
    }

    private static long? BudgetOf(JsonElement thinking) =>
        thinking.ValueKind == JsonValueKind.Object
        && thinking.TryGetProperty("budget_tokens", out var budget)
        && budget.ValueKind == JsonValueKind.Number
        && budget.TryGetInt64(out var tokens)
            ? tokens
            : null;

    /// <summary>Thinking within an output limit; none where the limit is too small for the provider's least budget.</summary>
    private static void WriteThinking(Utf8JsonWriter json, int most)
    {
        if (most > LeastBudget)
        {
            json.WriteStartObject("thinking"u8);
            json.WriteString("type"u8, "enabled"u8);
            json.WriteNumber("budget_tokens"u8, Math.Max(LeastBudget, most / 2));
            json.WriteEndObject();
        }
    }

    public void Dispose() => _fields?.Dispose();

    private static bool IsPassed(string beta) =>
        PassedBetas.Any(start => beta.StartsWith(start, StringComparison.Ordinal)) && !beta.AsSpan().ContainsAnyExceptInRange('!', '~');
}
