using System.Text;

namespace FlowGpt.Benchmarks.Report;

/// <summary>A markdown table whose columns also line up in a terminal. All columns but the first are numbers, to the right.</summary>
internal sealed class MarkdownTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < _rows.Count; i++)
        {
            AppendRow(text, _rows[i], widths);
            if (i == 0)
            {
                AppendRule(text, widths);
            }
        }

        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, string[] cells, int[] widths)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            text.Append("| ").Append(i == 0 ? cells[i].PadRight(widths[i]) : cells[i].PadLeft(widths[i])).Append(' ');
        }

        text.AppendLine("|");
    }

    private static void AppendRule(StringBuilder text, int[] widths)
    {
        for (var i = 0; i < widths.Length; i++)
        {
            text.Append('|').Append('-', widths[i] + 1).Append(i == 0 ? '-' : ':');
        }

        text.AppendLine("|");
    }
}
