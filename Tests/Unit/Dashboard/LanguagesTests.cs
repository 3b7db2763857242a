using System.Text.RegularExpressions;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Unit.Dashboard;

/// <summary>The dashboard's texts, read from its source: no process of the tests loads its assembly.</summary>
public sealed partial class LanguagesTests
{
    [Fact]
    public void Texts_OfEveryPage_AreThereInChinese()
    {
        var chinese = Sources("*.cs").SelectMany(static text => Entry().Matches(text)).Select(static one => one.Groups[1].Value).ToList();
        var used = Sources("*.razor")
            .SelectMany(static text => Lookup().Matches(text))
            .SelectMany(static lookup => Text().Matches(lookup.Value))
            .Select(static text => text.Groups[1].Value)
            .Where(static text => text.Any(char.IsAsciiLetter))
            .ToHashSet();

        Assert.True(used.Count > 150);
        Assert.Empty(used.Except(chinese));
        Assert.Equal(chinese.Count, chinese.Distinct().Count());
    }

    [Fact]
    public void Places_InChinese_AreThoseOfTheEnglishText()
    {
        foreach (var entry in Sources("*.cs").SelectMany(static text => Entry().Matches(text)))
        {
            Assert.Equal(PlacesOf(entry.Groups[1].Value), PlacesOf(entry.Groups[2].Value));
        }
    }

    private static string[] PlacesOf(string text) =>
        [.. Place().Matches(text).Select(static one => one.Value).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Sources(string pattern) =>
        Directory.EnumerateFiles(Repository.PathOf("Dashboard"), pattern, SearchOption.AllDirectories).Select(File.ReadAllText);

    [GeneratedRegex("""\(\s*"([^"]+)",\s*"([^"]+)"\s*\),""")]
    private static partial Regex Entry();

    /// <summary>The index or first argument of a lookup, conditional expressions included.</summary>
    [GeneratedRegex("""(?<=\bL\[)[^\]]*(?=\])|(?<=\bL\.With\()[^,)]*|(?<=DoAsync\()"[^"]+", "[^"]+"(?=,)""")]
    private static partial Regex Lookup();

    [GeneratedRegex("""(?<!== )"([^"]+)"(?! =>)""")]
    private static partial Regex Text();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();
}
