using System.Text.Json;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Reads the tokens that a response reports. Pure.</summary>
internal static class ResponseUsage
{
    /// <summary>The figures of a response object; null when input or output is missing.</summary>
    public static TokenUsage? Read(JsonElement response)
    {
        if (
            !response.TryGetProperty("usage"u8, out var usage)
            || Number(usage, "input_tokens") is not { } input
            || Number(usage, "output_tokens") is not { } output
        )
        {
            return null;
        }

        var cached = Detail(usage, "input_tokens_details", "cached_tokens");
        var reasoning = Detail(usage, "output_tokens_details", "reasoning_tokens");
        return new TokenUsage(input, output, Math.Min(cached, input), Math.Min(reasoning, output), UsageOrigin.Reported);
    }

    private static int Detail(JsonElement usage, string member, string name) =>
        usage.TryGetProperty(member, out var details) ? Number(details, name) ?? 0 : 0;

    private static int? Number(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty(name, out var number)
        && number.ValueKind == JsonValueKind.Number
        && number.TryGetInt64(out var figure)
            ? ReportedTokens.Of(figure)
            : null;
}
