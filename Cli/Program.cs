using FlowGpt.Cli.Connections;
using Spectre.Console;

namespace FlowGpt.Cli;

internal static class Program
{
    // A file has no width, and programs that read it need whole lines.
    private const int WidthOfAFile = 240;

    public static async Task<int> Main(string[] arguments)
    {
        using var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) };
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        var errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthOfAFile;
        }

        return await CommandLine.RunAsync(arguments, AnsiConsole.Console, errors, Machine.Current(handler), stop.Token);
    }
}
