using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Architecture;

/// <summary>Folders of a project use each other in one direction only: no folder uses, directly or through others, a folder that uses it.</summary>
public sealed partial class FolderGraphTests
{
    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_FormNoCircles(string project)
    {
        var uses = UsesOf(project);

        Assert.NotEmpty(uses);
        Assert.Empty(CirclesOf(uses));
    }

    public static TheoryData<string> Projects { get; } =
    [.. SourceTree.Projects.Where(static project => project is not ("Tests" or "Benchmarks"))];

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

    /// <summary>By folder directly below the project: the other such folders that its files name or its compiled code mentions.</summary>
    private static Dictionary<string, HashSet<string>> UsesOf(string project)
    {
        var uses = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var file in SourceTree.Files(project))
        {
            if (file.Split('/') is [_, var folder, _, ..])
            {
                AddUses(uses, folder, project, Using().Matches(SourceTree.Read(file)).Select(static one => one.Groups[1].Value));
            }
        }

        using var module = SourceTree.Module(project);
        foreach (var type in module.Types.Where(type => uses.ContainsKey(FolderOf(project, type.Namespace))))
        {
            AddUses(
                uses,
                FolderOf(project, type.Namespace),
                project,
                UsedTypes.Of(type).SelectMany(name => Mentioned().Matches(name)).Select(static one => one.Groups[1].Value)
            );
        }

        foreach (var (folder, used) in uses)
        {
            used.IntersectWith(uses.Keys);
            used.Remove(folder);
        }

        return uses;
    }

    private static void AddUses(Dictionary<string, HashSet<string>> uses, string folder, string project, IEnumerable<string> names)
    {
        var used = uses.TryGetValue(folder, out var known) ? known : uses[folder] = new(StringComparer.Ordinal);
        used.UnionWith(names.Select(name => FolderOf(project, name)));
    }

    /// <summary>The folder directly below the project that a namespace or a type is in; empty when it is not in such a folder.</summary>
    private static string FolderOf(string project, string name) =>
        name.StartsWith($"FlowGpt.{project}.", StringComparison.Ordinal) ? name[$"FlowGpt.{project}.".Length..].Split('.')[0] : "";

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

    [GeneratedRegex(@"^using (?:static |\w+ = )?(FlowGpt\.[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"(FlowGpt\.[\w.]+)")]
    private static partial Regex Mentioned();
}
