namespace FlowGpt.Simulator.Behaviour;

/// <summary>Prefixes that a reply can start with, by name.</summary>
public static class PrefixVariants
{
    private const string LiteralMarker = "text:";

    /// <summary>The named prefixes. <c>lookalike</c> is bold but no <c>Response:</c> label, so a client must leave it alone.</summary>
    public static IReadOnlyDictionary<string, string> ByName { get; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["none"] = "",
            ["label"] = "**GPT-4 Response:** ",
            ["bare"] = "**Response:** ",
            ["spaced"] = "\n  **Claude Response:**\n\n",
            ["tight"] = "**Response:**",
            ["lookalike"] = "**Important note:** ",
        };

    /// <returns>Whether <paramref name="setting"/> names a prefix or is a literal one.</returns>
    internal static bool TryResolve(string setting, out string prefix)
    {
        if (setting.StartsWith(LiteralMarker, StringComparison.OrdinalIgnoreCase))
        {
            prefix = setting[LiteralMarker.Length..];
            return true;
        }

        return ByName.TryGetValue(setting, out prefix!);
    }
}
