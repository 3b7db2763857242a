using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>
/// Renders the part of Helm's language that the chart uses: values, <c>quote</c>, a file with <c>indent</c>, <c>if</c> and <c>range</c> on separate lines. Anything else
/// fails the test.
/// </summary>
internal sealed partial class HelmTemplate(YamlValue values, Func<string, string> files)
{
    private readonly HashSet<string> _used = [];

    /// <summary>The values that were asked for, as paths.</summary>
    public IReadOnlySet<string> Used => _used;

    /// <summary>The template with the values in their places.</summary>
    public string Render(string template)
    {
        var lines = new Queue<string>(template.ReplaceLineEndings("\n").Split('\n'));
        var output = new List<string>();
        RenderBlock(lines, output, isShown: true, (null, null), isInner: false);
        return string.Join('\n', output);
    }

    private void RenderBlock(Queue<string> lines, List<string> output, bool isShown, (string? Name, string? Value) entry, bool isInner)
    {
        while (lines.TryDequeue(out var line))
        {
            if (line == "{{- end }}")
            {
                Assert.True(isInner, "An end without a beginning.");
                return;
            }

            if (If().Match(line) is { Success: true } condition)
            {
                RenderBlock(lines, output, isShown && Value(condition.Groups[1].Value).IsTrue, entry, isInner: true);
            }
            else if (Range().Match(line) is { Success: true } range)
            {
                var body = lines.ToArray();
                var isFirst = true;
                foreach (var (name, value) in Value(range.Groups[1].Value).Entries)
                {
                    RenderBlock(isFirst ? lines : new(body), output, isShown, (name, value.Text), isInner: true);
                    isFirst = false;
                }

                Assert.False(isFirst, $"{line}: there is nothing to go through.");
            }
            else if (isShown)
            {
                output.Add(Place().Replace(line, match => Expand(match.Groups[1].Value, entry)));
            }
        }

        Assert.False(isInner, "A beginning without an end.");
    }

    private string Expand(string expression, (string? Name, string? Value) entry) =>
        expression.Split('|', StringSplitOptions.TrimEntries) switch
        {
            ["$name"] => entry.Name!,
            ["$value", "quote"] => Quote(entry.Value!),
            [var path] when path.StartsWith(".Values.", StringComparison.Ordinal) => Value(path[".Values.".Length..]).Text,
            [var path, "quote"] when path.StartsWith(".Values.", StringComparison.Ordinal) => Quote(Value(path[".Values.".Length..]).Text),
            [var file, "indent 4"] when file.StartsWith(".Files.Get ", StringComparison.Ordinal) => string.Join(
                '\n',
                files(file[".Files.Get ".Length..].Trim('"')).TrimEnd('\n').Split('\n').Select(static line => $"    {line}")
            ),
            _ => throw new NotSupportedException($"The chart uses '{expression}', which this test does not render."),
        };

    private YamlValue Value(string path)
    {
        var value = values.At(path.Split('.'));
        Assert.True(value.Exists, $".Values.{path} is not in values.yaml.");
        _used.Add(path);
        return value;
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex(@"^\{\{- if \.Values\.([A-Za-z.]+) \}\}$")]
    private static partial Regex If();

    [GeneratedRegex(@"^\{\{- range \$name, \$value := \.Values\.([A-Za-z.]+) \}\}$")]
    private static partial Regex Range();

    [GeneratedRegex(@"\{\{-? *(.*?) *-?\}\}")]
    private static partial Regex Place();
}
