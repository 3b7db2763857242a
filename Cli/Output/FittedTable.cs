using Spectre.Console;
using Spectre.Console.Rendering;

namespace FlowGpt.Cli.Output;

/// <summary>
/// A table that fits the terminal. Columns without any text are left out. Where the other columns are too wide, the widest of those that may be left out
/// is left out first, and a line below names the columns that were left out.
/// </summary>
/// <param name="columns">
/// The columns' names. Signs before a name: <c>&gt;</c> for numbers, which are aligned to the right; <c>!</c> for text that is never broken into lines;
/// <c>?</c> for a column that may be left out.
/// </param>
internal sealed class FittedTable(string[] columns) : Renderable
{
    /// <summary>The width of the border and of the space beside the text of a column.</summary>
    private const int Around = 3;

    private static readonly char[] Signs = ['>', '!', '?'];

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row of markup, one cell a column; cells that are not given are empty.</summary>
    public FittedTable AddRow(params string[] cells)
    {
        _rows.Add([.. cells, .. Enumerable.Repeat("", columns.Length - cells.Length)]);
        return this;
    }

    protected override Measurement Measure(RenderOptions options, int maxWidth) => ((IRenderable)Fit(maxWidth)).Measure(options, maxWidth);

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        ((IRenderable)Fit(maxWidth)).Render(options, maxWidth);

    private Table Fit(int maxWidth)
    {
        var shown = Enumerable
            .Range(0, columns.Length)
            .Where(column => _rows.Count == 0 || _rows.Exists(row => row[column].Length > 0))
            .ToList();
        var widths = shown.ToDictionary(static column => column, WidthOf);
        var leftOut = new List<string>();
        while (shown.Sum(column => widths[column] + Around) > maxWidth)
        {
            var optional = shown.Where(column => SignsOf(columns[column]).Contains('?', StringComparison.Ordinal)).ToArray();
            if (optional.Length == 0)
            {
                break;
            }

            var widest = optional.MaxBy(column => widths[column]);
            shown.Remove(widest);
            leftOut.Add(NameOf(columns[widest]));
        }

        return Draw(shown, leftOut);
    }

    private Table Draw(List<int> shown, List<string> leftOut)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in shown)
        {
            var signs = SignsOf(columns[column]);
            var drawn = new TableColumn(Markup.Escape(NameOf(columns[column])));
            table.AddColumn(
                signs.Contains('>', StringComparison.Ordinal) ? drawn.RightAligned().NoWrap()
                : signs.Contains('!', StringComparison.Ordinal) ? drawn.NoWrap()
                : drawn
            );
        }

        foreach (var row in _rows)
        {
            table.AddRow([.. shown.Select(column => row[column])]);
        }

        return leftOut.Count == 0
            ? table
            : table.Caption($"Left out in so narrow a terminal: {Markup.Escape(string.Join(", ", leftOut))}. --json has all.");
    }

    private int WidthOf(int column) =>
        Math.Max(
            NameOf(columns[column]).Length,
            _rows.Count == 0 ? 0 : _rows.Max(row => Markup.Remove(row[column]).Split('\n').Max(static line => line.GetCellWidth()))
        );

    private static string NameOf(string column) => column.TrimStart(Signs);

    private static string SignsOf(string column) => column[..(column.Length - NameOf(column).Length)];
}
