using FlowGpt.Cli;
using FlowGpt.Cli.Connections;
using FlowGpt.Tests.Cluster.Storage;
using Spectre.Console;

namespace FlowGpt.Tests.Unit.Cli;

/// <summary>Runs commands in this process and keeps what they print.</summary>
internal sealed class TestTerminal : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };

    public Dictionary<string, string> Variables { get; } = [];

    public string ProfileFile => _directory.File("profile/cli.json");

    public async Task<(int Code, string Output, string Errors)> RunAsync(string? input, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var machine = new Machine(
            Variables,
            ProfileFile,
            new StringReader(input ?? ""),
            IsInputRedirected: true,
            _handler,
            TimeProvider.System
        );
        var code = await CommandLine.RunAsync(
            arguments,
            ConsoleOf(output),
            ConsoleOf(errors),
            machine,
            TestContext.Current.CancellationToken
        );
        return (code, output.ToString(), errors.ToString());
    }

    public void Dispose()
    {
        _handler.Dispose();
        _directory.Dispose();
    }

    private static IAnsiConsole ConsoleOf(TextWriter writer)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(writer),
            }
        );
        console.Profile.Width = 200;
        return console;
    }
}
