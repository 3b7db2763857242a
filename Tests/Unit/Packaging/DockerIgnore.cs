using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>Decides like the engine what <c>.dockerignore</c> leaves out: the last line that matches a path or a directory above it counts.</summary>
internal sealed class DockerIgnore
{
    private readonly List<(Regex Pattern, bool Excludes)> _rules = [];

    private DockerIgnore() { }

    public static DockerIgnore Read()
    {
        var ignore = new DockerIgnore();
        foreach (var line in Repository.ReadLines(".dockerignore").Where(static line => line.Length > 0 && line[0] != '#'))
        {
            var pattern = Regex
                .Escape(line.TrimStart('!'))
                .Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal)
                .Replace(@"\*", "[^/]*", StringComparison.Ordinal);
            ignore._rules.Add((new Regex($"^{pattern}(/.*)?$"), line[0] != '!'));
        }

        return ignore;
    }

    /// <summary>Whether the path is left out of the build.</summary>
    public bool Excludes(string path) =>
        path != "." && _rules.FindLast(rule => rule.Pattern.IsMatch(path)) is { Pattern: not null, Excludes: true };
}
