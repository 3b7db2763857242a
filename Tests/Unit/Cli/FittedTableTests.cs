using FlowGpt.Cli.Output;
using Spectre.Console;

namespace FlowGpt.Tests.Unit.Cli;

public sealed class FittedTableTests
{
    [Fact]
    public void Table_InAWideTerminal_HasEveryColumnWithText()
    {
        var drawn = Draw(200);

        Assert.Contains("request", drawn, StringComparison.Ordinal);
        Assert.Contains(new string('r', 40), drawn, StringComparison.Ordinal);
        Assert.DoesNotContain("empty", drawn, StringComparison.Ordinal);
        Assert.DoesNotContain("Left out", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_InANarrowTerminal_LeavesOutTheWidestThatMayBeMissingAndSaysSo()
    {
        var drawn = Draw(60);

        Assert.DoesNotContain("rrrr", drawn, StringComparison.Ordinal);
        Assert.Contains(
            "Left out in so narrow a terminal: request.",
            string.Join(' ', drawn.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
        // Only this column is broken into lines: one line for the heading, two for rows, and the caption.
        Assert.Contains(
            drawn.Split('\n'),
            static line => line.Contains("gpt-4-free", StringComparison.Ordinal) && line.Contains("12", StringComparison.Ordinal)
        );
    }

    private static string Draw(int width)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Profile.Width = width;
        console.Write(
            Screen
                .Table("", "!model", "?request", "?>tokens", "empty")
                .AddRow("[red]problem[/]", "gpt-4-free", new string('r', 40), "12", "")
                .AddRow("", "sim", "r2", "7", "")
        );
        return output.ToString();
    }
}
