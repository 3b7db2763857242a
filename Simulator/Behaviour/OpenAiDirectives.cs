using System.Globalization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>The settings that directives can give to the OpenAI-compatible face.</summary>
internal static class OpenAiDirectives
{
    public delegate OpenAiSettings? Reader(OpenAiSettings settings, string value);

    public static IReadOnlyDictionary<string, Reader> Readers { get; } =
        new Dictionary<string, Reader>(StringComparer.OrdinalIgnoreCase)
        {
            ["usage"] = (s, v) => KebabName<UsagePosition>.TryParse(v, out var position) ? s with { Usage = position } : null,
            ["cached"] = (s, v) => Number(v) is { } n ? s with { CachedTokens = n } : null,
            ["hidden-reasoning"] = (s, v) => Number(v) is { } n ? s with { HiddenReasoningTokens = n } : null,
            ["reasoning"] = (s, v) => s with { Reasoning = v },
            ["reasoning-field"] = (s, v) => KebabName<ReasoningField>.TryParse(v, out var field) ? s with { ReasoningField = field } : null,
            ["refusal"] = (s, v) => s with { Refusal = v },
            ["call"] = ReadCall,
            ["finish"] = (s, v) => s with { FinishReason = v },
            ["extra"] = (s, v) => s with { ExtraFields = v },
            ["compress"] = (s, v) => KebabName<ReplyCompression>.TryParse(v, out var kind) ? s with { Compression = kind } : null,
            ["comments"] = (s, v) => Switch(v) is { } b ? s with { Comments = b } : null,
            ["no-space"] = (s, v) => Switch(v) is { } b ? s with { NoSpace = b } : null,
            ["split-bytes"] = (s, v) => Number(v) is { } n ? s with { SplitBytes = n } : null,
            ["no-done"] = (s, v) => Switch(v) is { } b ? s with { OmitDone = b } : null,
            ["no-finish"] = (s, v) => Switch(v) is { } b ? s with { OmitFinish = b } : null,
            ["empty-choices"] = (s, v) => Switch(v) is { } b ? s with { EmptyChoices = b } : null,
            ["headers-first"] = (s, v) => Switch(v) is { } b ? s with { HeadersFirst = b } : null,
            ["close-idle"] = (s, v) => Switch(v) is { } b ? s with { CloseIdle = b } : null,
            ["rate-headers"] = (s, v) => Switch(v) is { } b ? s with { RateHeaders = b } : null,
            ["refuse"] = ReadRefused,
        };

    /// <returns>The whole number of zero or more that the text is, or null.</returns>
    public static int? Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <returns>On without a value, <c>true</c> or <c>false</c>; null for anything else.</returns>
    public static bool? Switch(string value) =>
        value.Length == 0 ? true
        : bool.TryParse(value, out var on) ? on
        : null;

    private static OpenAiSettings? ReadCall(OpenAiSettings settings, string value)
    {
        var parts = value.Split(':', 2);
        var call = new ScriptedCall(parts[0], parts.Length == 1 ? null : parts[1]);
        return parts[0].Length == 0 ? null : settings with { Calls = [.. settings.Calls ?? [], call] };
    }

    private static OpenAiSettings? ReadRefused(OpenAiSettings settings, string value) =>
        KebabName<RefusedField>.TryParse(value, out var field) ? settings with { Refuse = [.. settings.Refuse ?? [], field] } : null;
}
