using System.ComponentModel;
using System.Text.Json;
using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Admin.Contracts.Transport;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;

namespace FlowGpt.Cli.Accounts;

internal sealed class ImportSettings : GatewaySettings
{
    [CommandArgument(0, "<POOL>")]
    [Description("The pool that gets the accounts")]
    public string Pool { get; init; } = "";

    [CommandArgument(1, "[FILE]")]
    [Description("One JSON object a line: {\"name\":\"a1\",\"apiKey\":\"…\",\"limits\":{…}}; otherwise standard input")]
    public string? File { get; init; }
}

/// <summary>Adds accounts line by line; wrong lines are named, and the others are added.</summary>
internal sealed class ImportCommand(Gateway gateway, Screen screen) : GatewayCommand<ImportSettings>(screen)
{
    protected override async Task<int> RunAsync(ImportSettings settings, CancellationToken cancellationToken)
    {
        var admin = gateway.AdminOf(settings);
        var lines = await ReadAsync(settings, cancellationToken);
        List<string> problems = [];
        var added = 0;
        await Screen
            .Console.Progress()
            .AutoClear(true)
            .StartAsync(async progress =>
            {
                var task = progress.AddTask("accounts", maxValue: Math.Max(1, lines.Count));
                foreach (var (number, text) in lines)
                {
                    try
                    {
                        await admin.Accounts.AddAsync(settings.Pool, Parse(text), cancellationToken);
                        added++;
                    }
                    catch (Exception problem) when (problem is AdminException or UsageException)
                    {
                        problems.Add($"line {number}: {problem.Message}");
                    }

                    task.Increment(1);
                }
            });
        foreach (var problem in problems)
        {
            Screen.Error(problem);
        }

        Screen.Done($"{added} of {lines.Count} accounts were added to {settings.Pool}.");
        return problems.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>An account of one line.</summary>
    /// <exception cref="UsageException">The line is no JSON object of an account.</exception>
    internal static AccountSettings Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var account =
                json.Deserialize(Admin.Contracts.AdminJson.Default.AccountSettings) ?? throw new UsageException("null is no account.");
            var credential = json
                .RootElement.EnumerateObject()
                .Where(static field => !KnownFields.Contains(field.Name) && field.Value.ValueKind == JsonValueKind.String)
                .ToDictionary(static field => field.Name, static field => field.Value.GetString()!, StringComparer.Ordinal);
            return account with { Credential = credential };
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new UsageException("The line is no JSON object of an account, such as {\"name\":\"a1\",\"apiKey\":\"…\"}.");
        }
    }

    private static readonly HashSet<string> KnownFields = ["name", "pool", "weight", "mode", "limits", "headers"];

    private async Task<List<(int Number, string Text)>> ReadAsync(ImportSettings settings, CancellationToken cancellationToken)
    {
        var machine = gateway.Machine;
        if (settings.File is null && !machine.IsInputRedirected)
        {
            throw new UsageException("Give a file, or send the lines to standard input.");
        }

        if (settings.File is { } file && !File.Exists(file))
        {
            throw new UsageException($"There is no file '{file}'.");
        }

        using var opened = settings.File is { } path ? new StreamReader(path) : null;
        var reader = opened ?? machine.Input;
        List<(int, string)> lines = [];
        for (var number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                lines.Add((number, line));
            }
        }

        return lines;
    }
}
