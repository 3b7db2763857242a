using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>Reads the answer to <c>GET /models</c>. Pure.</summary>
internal static class ModelList
{
    private const int MostModels = 10_000;
    private const int LongestName = 256;

    // Servers have no common name for it.
    private static readonly string[] ContextFields =
    [
        "context_length",
        "max_model_len",
        "context_window",
        "max_context_length",
        "max_context_window",
        "max_input_tokens",
        "inputTokenLimit",
        "n_ctx",
    ];

    /// <summary>The models in the server's order, each name once; null when the answer is not a list.</summary>
    public static IReadOnlyList<DiscoveredModel>? Read(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var json = JsonDocument.Parse(LoneSurrogates.Replaced(answer));
            var root = json.RootElement;
            var list =
                root.ValueKind == JsonValueKind.Array ? root
                : root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("data", out var data)
                && data.ValueKind == JsonValueKind.Array
                    ? data
                : default;
            if (list.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var names = new HashSet<string>(StringComparer.Ordinal);
            return
            [
                .. list.EnumerateArray().Select(ReadModel).OfType<DiscoveredModel>().Where(model => names.Add(model.Id)).Take(MostModels),
            ];
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static DiscoveredModel? ReadModel(JsonElement model) =>
        model.ValueKind == JsonValueKind.Object && Text(model, "id") is { Length: > 0 and <= LongestName } id && !id.Any(char.IsControl)
            ? new DiscoveredModel(id, Context(model), Text(model, "owned_by") is { Length: > 0 and <= LongestName } owner ? owner : null)
            : null;

    private static int? Context(JsonElement model)
    {
        var window = ContextFields.Select(field => Number(model, field)).FirstOrDefault(static number => number is not null);
        return window
            ?? (model.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object ? Number(meta, "n_ctx") : null);
    }

    private static int? Number(JsonElement model, string field) =>
        model.TryGetProperty(field, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
        && number > 0
            ? (int)Math.Min(number, int.MaxValue)
            : null;

    private static string? Text(JsonElement model, string field) =>
        model.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
