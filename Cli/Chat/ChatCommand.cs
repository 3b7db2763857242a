using System.ComponentModel;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;

namespace FlowGpt.Cli.Chat;

internal sealed class ChatSettings : GatewaySettings
{
    [CommandArgument(0, "[QUESTION]")]
    [Description("One question; otherwise a conversation, line by line")]
    public string? Question { get; init; }

    [CommandOption("-m|--model <MODEL>")]
    [Description("The model name")]
    public string Model { get; init; } = "gpt-4-free";
}

/// <summary>A conversation in the terminal, or one question.</summary>
internal sealed class ChatCommand(Gateway gateway, Screen screen) : GatewayCommand<ChatSettings>(screen)
{
    protected override async Task<int> RunAsync(ChatSettings settings, CancellationToken cancellationToken)
    {
        var key =
            gateway.ClientKeyOf(settings)
            ?? throw new UsageException("There is no client key. Run 'flowgpt login --client', or set API_KEY.");
        using var http = gateway.HttpOf(gateway.AddressOf(settings));
        var chat = new ChatStream(http, key, settings.Model);
        if (settings.Question is { } question)
        {
            await AnswerAsync(chat, question, cancellationToken);
            return ExitCodes.Done;
        }

        var isPerson = !gateway.Machine.IsInputRedirected;
        if (isPerson)
        {
            Screen.Console.MarkupLineInterpolated($"[grey]{settings.Model}. {Help}[/]");
        }

        while (await ReadAsync(isPerson, cancellationToken) is { } line && line is not ("/quit" or "/exit"))
        {
            if (line == "/new")
            {
                chat.Forget();
            }
            else if (line == "/help")
            {
                Screen.Line(Help);
            }
            else if (IsCommand(line))
            {
                Screen.Error($"there is no command {line}. {Help}");
            }
            else if (line.Length > 0)
            {
                await TryAnswerAsync(chat, line, cancellationToken);
            }
        }

        return ExitCodes.Done;
    }

    private const string Help = "/new begins a new conversation, /quit ends.";

    /// <summary>Whether a line is a command: one word after a slash. A path or a sentence is a question.</summary>
    private static bool IsCommand(string line) => line.Length > 1 && line[0] == '/' && line.AsSpan(1).IndexOfAnyExceptInRange('a', 'z') < 0;

    private async Task<string?> ReadAsync(bool isPerson, CancellationToken cancellationToken)
    {
        if (isPerson)
        {
            Screen.Console.Markup("[blue]>[/] ");
        }

        return (await gateway.Machine.Input.ReadLineAsync(cancellationToken))?.Trim();
    }

    private async Task TryAnswerAsync(ChatStream chat, string question, CancellationToken cancellationToken)
    {
        try
        {
            await AnswerAsync(chat, question, cancellationToken);
        }
        catch (UsageException refused)
        {
            Screen.Error(refused.Message);
        }
    }

    private async Task AnswerAsync(ChatStream chat, string question, CancellationToken cancellationToken)
    {
        var output = Screen.Console.Profile.Out.Writer;
        await foreach (var text in chat.AskAsync(question, cancellationToken))
        {
            await output.WriteAsync(text);
            await output.FlushAsync(cancellationToken);
        }

        await output.WriteLineAsync();
    }
}
