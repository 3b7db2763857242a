using System.ComponentModel;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console.Cli;

namespace FlowGpt.Cli.Completion;

internal sealed class CompletionSettings : CommandSettings
{
    [CommandArgument(0, "<SHELL>")]
    [Description("bash, zsh or fish")]
    public string Shell { get; init; } = "";
}

/// <summary>Prints a script that completes commands: <c>source &lt;(flowgpt completion bash)</c>.</summary>
internal sealed class CompletionCommand(Screen screen) : Command<CompletionSettings>
{
    /// <summary>Every command with its subcommands; a test compares the list with the commands.</summary>
    internal static readonly IReadOnlyDictionary<string, string[]> Commands = new Dictionary<string, string[]>
    {
        ["login"] = [],
        ["logout"] = [],
        ["status"] = [],
        ["top"] = [],
        ["doctor"] = [],
        ["accounts"] = ["list", "show", "add", "token", "mode", "remove"],
        ["import"] = [],
        ["keys"] = ["list", "create", "rotate", "revoke"],
        ["usage"] = [],
        ["routes"] = ["list", "set", "remove"],
        ["requests"] = ["list", "show"],
        ["conversations"] = [],
        ["conversation"] = [],
        ["audit"] = [],
        ["cluster"] = ["show", "drain"],
        ["chat"] = [],
        ["completion"] = ["bash", "zsh", "fish"],
    };

    public override int Execute(CommandContext context, CompletionSettings settings, CancellationToken cancellationToken)
    {
        var script = settings.Shell switch
        {
            "bash" => Bash(),
            "zsh" => "autoload -U +X bashcompinit && bashcompinit\n" + Bash(),
            "fish" => Fish(),
            _ => null,
        };
        if (script is null)
        {
            screen.Error($"'{settings.Shell}' is no shell that is known. Give bash, zsh or fish.");
            return ExitCodes.Usage;
        }

        screen.Line(script);
        return ExitCodes.Done;
    }

    private static string Bash() =>
        $$"""
            _flowgpt() {
              local words="{{string.Join(' ', Commands.Keys)}}"
              case "${COMP_WORDS[1]}" in
            {{string.Join(
                '\n',
                Commands.Where(static one => one.Value.Length > 0).Select(static one =>
                    $"    {one.Key}) [ \"$COMP_CWORD\" -gt 1 ] && words=\"{string.Join(' ', one.Value)}\" ;;"
                )
            )}}
              esac
              COMPREPLY=($(compgen -W "$words --url --json --help --version" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -F _flowgpt flowgpt
            """;

    private static string Fish() =>
        string.Join(
            '\n',
            Commands
                .Keys.Select(static one => $"complete -c flowgpt -n __fish_use_subcommand -f -a {one}")
                .Concat(
                    Commands
                        .Where(static one => one.Value.Length > 0)
                        .Select(static one =>
                            $"complete -c flowgpt -n '__fish_seen_subcommand_from {one.Key}' -f -a '{string.Join(' ', one.Value)}'"
                        )
                )
        );
}
