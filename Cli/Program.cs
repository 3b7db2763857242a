using FlowGpt.Cli;
using FlowGpt.Cli.Connections;
using Spectre.Console;

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
    // A file has no width; what reads it has no use for lines that are broken in two.
    AnsiConsole.Profile.Width = 240;
}

return await CommandLine.RunAsync(args, AnsiConsole.Console, errors, Machine.Current(handler), stop.Token);
