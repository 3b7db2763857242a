namespace FlowGpt.Dashboard.Accounts;

/// <summary>One account of an import: a line <c>name secret [device id]</c>, separated by spaces, tabs or commas.</summary>
/// <param name="Number">The line's number, from 1.</param>
/// <param name="Name">The account's name.</param>
/// <param name="Secret">The credential's secret.</param>
/// <param name="Device">The device id; null when the line has none.</param>
/// <param name="Problem">What is wrong with the line; null when nothing is.</param>
public sealed record ImportLine(int Number, string Name, string Secret, string? Device, string? Problem)
{
    /// <summary>Reads lines; empty lines and those that begin with # are left out.</summary>
    public static IReadOnlyList<ImportLine> Read(string text)
    {
        var lines = new List<ImportLine>();
        var number = 0;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            var parts = line.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length == 0 || parts[0].StartsWith('#'))
            {
                continue;
            }

            lines.Add(
                parts.Length is 2 or 3
                    ? new(number, parts[0], parts[1], parts.Length == 3 ? parts[2] : null, null)
                    : new(number, parts[0], "", null, "A line is: name secret, and for FlowGPT an optional device id.")
            );
        }

        return lines;
    }
}
