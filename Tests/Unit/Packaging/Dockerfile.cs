using System.Text.Json;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>A Dockerfile as its stages.</summary>
internal sealed class Dockerfile
{
    private readonly List<DockerStage> _stages = [];

    private Dockerfile() { }

    /// <summary>The stages in their order.</summary>
    public IReadOnlyList<DockerStage> Stages => _stages;

    public static Dockerfile Read(string relative)
    {
        var file = new Dockerfile();
        foreach (var (keyword, arguments) in Instructions(Repository.ReadLines(relative)))
        {
            if (keyword == "FROM")
            {
                file._stages.Add(file.Begin(arguments));
            }
            else
            {
                file._stages[^1].Instructions.Add((keyword, arguments));
            }
        }

        return file;
    }

    /// <summary>The stage of that name.</summary>
    public DockerStage Stage(string name) => Assert.Single(_stages, stage => stage.Name == name);

    /// <summary>The texts of the exec form, <c>["a", "b"]</c>; fails the test on the shell form, which needs a shell.</summary>
    public static IReadOnlyList<string> ParseList(string arguments)
    {
        Assert.StartsWith("[", arguments, StringComparison.Ordinal);
        return JsonSerializer.Deserialize<string[]>(arguments)!;
    }

    private DockerStage Begin(string arguments)
    {
        var words = arguments.Split(' ').Where(static word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
        Assert.True(words is [_, "AS", _], $"FROM {arguments}: has no name.");
        return new DockerStage(words[2], words[0], _stages.Find(stage => stage.Name == words[0]));
    }

    private static IEnumerable<(string Keyword, string Arguments)> Instructions(IEnumerable<string> lines)
    {
        var text = "";
        foreach (var line in lines.Select(static line => line.Trim()).Where(static line => line.Length > 0 && line[0] != '#'))
        {
            text += line.TrimEnd('\\');
            if (!line.EndsWith('\\'))
            {
                var end = text.IndexOf(' ', StringComparison.Ordinal);
                yield return (text[..end], text[end..].Trim());
                text = "";
            }
        }
    }
}
