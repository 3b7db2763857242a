using System.Text.RegularExpressions;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Unit.Architecture;

public sealed partial class EventIdsTests
{
    [Fact]
    public void LogEvents_AllOfTheProduct_HaveTheirOwnIdAndStandInTheList()
    {
        var ids = new[] { "ApiFrontend", "Grains", "Silo" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => EventId().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToArray();
        var listed = ListedId().Matches(Repository.Read("docs/events.md")).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(ids);
        Assert.Empty(ids.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Equal(ids.Order(), listed.Order());
    }

    [GeneratedRegex(@"EventId\s*=\s*(\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ListedId();
}
