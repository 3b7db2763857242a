using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Architecture;

/// <summary>
/// Which folders of a project use each other in a circle. New circles fail; so does a circle that is listed here and no longer there, so that the list only
/// gets shorter.
/// </summary>
public sealed partial class FolderGraphTests
{
    [Theory]
    [InlineData("Grains.Interfaces", "")]
    [InlineData("Grains", "")]
    [InlineData("ApiFrontend", "")]
    [InlineData("Silo", "")]
    [InlineData("Simulator", "Accounts Behaviour Chat Control Conversations Discovery Hosting OpenAi Replies Signatures Truth")]
    public void Folders_OfAProject_FormOnlyTheListedCircles(string project, string circles)
    {
        var uses = UsesOf(project);
        var found = CirclesOf(uses).Order(StringComparer.Ordinal);

        Assert.NotEmpty(uses);
        Assert.Equal(circles, string.Join("; ", found));
    }

    [Fact]
    public void Circles_OfAGraph_AreFound()
    {
        var uses = new Dictionary<string, HashSet<string>>
        {
            ["A"] = ["B"],
            ["B"] = ["C"],
            ["C"] = ["A", "D"],
            ["D"] = [],
        };

        Assert.Equal(["A B C"], CirclesOf(uses));
    }

    /// <summary>By folder directly below the project: the other such folders that its files name.</summary>
    private static Dictionary<string, HashSet<string>> UsesOf(string project)
    {
        var uses = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var file in SourceTree.Files(project))
        {
            var path = file.Replace('\\', '/').Split('/');
            if (path.Length < 3)
            {
                continue;
            }

            var used = uses.TryGetValue(path[1], out var known) ? known : uses[path[1]] = new(StringComparer.Ordinal);
            foreach (Match match in Using().Matches(SourceTree.Read(file)))
            {
                if (match.Groups[1].Value.StartsWith($"{project}.", StringComparison.Ordinal))
                {
                    used.Add(match.Groups[1].Value[(project.Length + 1)..].Split('.')[0]);
                }
            }

            used.Remove(path[1]);
        }

        foreach (var used in uses.Values)
        {
            used.IntersectWith(uses.Keys);
        }

        return uses;
    }

    /// <summary>The sets of folders of which each reaches every other, as names in alphabetical order.</summary>
    private static string[] CirclesOf(Dictionary<string, HashSet<string>> uses)
    {
        var reached = uses.Keys.ToDictionary(static folder => folder, folder => ReachedFrom(folder, uses), StringComparer.Ordinal);
        return
        [
            .. uses
                .Keys.Where(folder => reached[folder].Contains(folder))
                .Select(folder =>
                    string.Join(
                        ' ',
                        uses.Keys.Where(other => reached[folder].Contains(other) && reached[other].Contains(folder))
                            .Order(StringComparer.Ordinal)
                    )
                )
                .Distinct(),
        ];
    }

    private static HashSet<string> ReachedFrom(string folder, Dictionary<string, HashSet<string>> uses)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Queue<string>(uses[folder]);
        while (next.TryDequeue(out var one))
        {
            if (reached.Add(one))
            {
                foreach (var further in uses[one])
                {
                    next.Enqueue(further);
                }
            }
        }

        return reached;
    }

    [GeneratedRegex(@"^using (?:static )?FlowGpt\.([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}
