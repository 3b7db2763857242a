using System.Text.RegularExpressions;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Clients;

/// <summary>The settings that the README gives for clients, read from the README.</summary>
internal static partial class ReadmeSettings
{
    /// <summary>The address of the gateway in the README.</summary>
    public const string Origin = "http://localhost:8088";

    /// <summary>Codex's <c>config.toml</c>.</summary>
    public static string Codex => Block("toml");

    /// <summary>opencode's <c>opencode.json</c>.</summary>
    public static string Opencode => Block("json", "https://opencode.ai/config.json");

    private static string Block(string language, string holding = "")
    {
        var block = Fenced()
            .Matches(Repository.Read("README.md"))
            .SingleOrDefault(match =>
                match.Groups["language"].Value == language && match.Groups["text"].Value.Contains(holding, StringComparison.Ordinal)
            );
        Assert.True(block is not null, $"README.md has no single block of {language}.");
        return block.Groups["text"].Value;
    }

    [GeneratedRegex("^```(?<language>\\w+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
