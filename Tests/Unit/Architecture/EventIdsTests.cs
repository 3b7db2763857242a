using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Architecture;

public sealed partial class EventIdsTests
{
    [Fact]
    public void LogEvents_AllOfTheProduct_HaveTheirOwnIdAndStandInTheList()
    {
        var root = Root();
        var ids = new[] { "ApiFrontend", "Grains", "Silo" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => EventId().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToArray();
        var listed = ListedId()
            .Matches(File.ReadAllText(Path.Combine(root, "docs", "events.md")))
            .Select(match => match.Groups[1].Value)
            .ToArray();

        Assert.NotEmpty(ids);
        Assert.Empty(ids.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Equal(ids.Order(), listed.Order());
    }

    private static string Root([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../.."));

    [GeneratedRegex(@"EventId\s*=\s*(\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ListedId();
}
