using System.ComponentModel;
using Spectre.Console.Cli;

namespace FlowGpt.Cli.Connections;

/// <summary>The options of every command.</summary>
internal class GatewaySettings : CommandSettings
{
    [CommandOption("-u|--url <URL>")]
    [Description("The gateway's address. Otherwise FLOWGPT_URL, then what login kept, then http://localhost:8088")]
    public string? Url { get; init; }

    [CommandOption("--json")]
    [Description("Prints JSON for scripts instead of tables")]
    public bool Json { get; init; }
}
