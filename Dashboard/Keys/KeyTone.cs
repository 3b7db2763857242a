using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Dashboard.Formats;
using FlowGpt.Dashboard.Languages;

namespace FlowGpt.Dashboard.Keys;

/// <summary>The colours and texts of keys.</summary>
internal static class KeyTone
{
    /// <summary>The colour of a key's status.</summary>
    public static string Of(string status) =>
        status switch
        {
            "active" => "good",
            "disabled" => "off",
            _ => "bad",
        };

    /// <summary>A key's limits in one line of text.</summary>
    public static string Limits(KeyLimits limits, Language language)
    {
        var all = new (long? Limit, string Name)[]
        {
            (limits.RequestsPerMinute, "requestsPerMinute"),
            (limits.TokensPerMinute, "tokensPerMinute"),
            (limits.MaxConcurrentRequests, "maxConcurrentRequests"),
            (limits.TokensPerDay, "tokensPerDay"),
            (limits.TokensPerMonth, "tokensPerMonth"),
        };
        var text = string.Join(
            " · ",
            all.Where(static one => one.Limit is not null).Select(one => $"{Format.Count(one.Limit!.Value)} {language[one.Name]}")
        );
        return text.Length == 0 ? language["No limits"] : text;
    }
}
