using System.ComponentModel;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Transport;
using FlowGpt.Cli.Chat;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Cli;

namespace FlowGpt.Cli.Doctor;

internal sealed class DoctorSettings : GatewaySettings
{
    [CommandOption("-m|--model <MODEL>")]
    [Description("The model name of the real request")]
    public string Model { get; init; } = "gpt-4-free";
}

/// <summary>Checks one thing after the other, from the address to a real request. The exit code is 1 when a check fails.</summary>
internal sealed class DoctorCommand(Gateway gateway, Screen screen) : GatewayCommand<DoctorSettings>(screen)
{
    private bool _isWrong;

    protected override async Task<int> RunAsync(DoctorSettings settings, CancellationToken cancellationToken)
    {
        var address = gateway.AddressOf(settings);
        using var http = gateway.HttpOf(address);
        if (!await CheckAsync($"The gateway answers at {address}", () => AnswersAsync(http, cancellationToken)))
        {
            return ExitCodes.Unreachable;
        }

        await CheckAsync("The gateway is ready", () => ReadyAsync(http, cancellationToken));
        AdminClient? admin = null;
        await CheckAsync(
            "The admin key is right",
            async () =>
            {
                admin = gateway.AdminOf(settings);
                await admin.Pools.ListAsync(cancellationToken);
                return null;
            }
        );
        if (admin is not null && !_isWrong)
        {
            await CheckAsync("Every pool has an account that can serve", () => PoolsAsync(admin, cancellationToken));
            await CheckAsync("Nothing needs attention", () => AttentionAsync(admin, cancellationToken));
        }

        await CheckAsync($"{settings.Model} answers a request", () => RequestAsync(http, settings, cancellationToken));
        return _isWrong ? ExitCodes.Failed : ExitCodes.Done;
    }

    /// <param name="what">What should be true.</param>
    /// <param name="look">Returns what is wrong and the fix; null when nothing is wrong.</param>
    private async Task<bool> CheckAsync(string what, Func<Task<string?>> look)
    {
        string? problem;
        try
        {
            problem = await look();
        }
        catch (Exception failure) when (failure is AdminException or UsageException or HttpRequestException)
        {
            problem = failure.Message;
        }

        if (problem is null)
        {
            Screen.Console.MarkupLineInterpolated($"[green]ok[/]     {what}");
            return true;
        }

        _isWrong = true;
        Screen.Console.MarkupLineInterpolated($"[red]wrong[/]  {what}: {problem}");
        return false;
    }

    private static async Task<string?> AnswersAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync("health/live", cancellationToken);
        return answer.IsSuccessStatusCode ? null : $"status {(int)answer.StatusCode} at /health/live. Is this a gateway's address?";
    }

    private static async Task<string?> ReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync("health/ready", cancellationToken);
        return answer.IsSuccessStatusCode
            ? null
            : $"status {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)} Look at the gateway's log.";
    }

    private static async Task<string?> PoolsAsync(AdminClient admin, CancellationToken cancellationToken)
    {
        var pools = (await admin.Pools.ListAsync(cancellationToken)).Pools;
        var empty = pools.Where(static pool => pool.Ready == 0).Select(static pool => pool.Name).ToArray();
        return pools.Count == 0 ? "there is no pool. Add an account: 'flowgpt accounts add'."
            : empty.Length > 0 ? $"no account of {string.Join(", ", empty)} can serve. 'flowgpt accounts list' says why."
            : null;
    }

    private static async Task<string?> AttentionAsync(AdminClient admin, CancellationToken cancellationToken)
    {
        var problems = (await admin.Live.AttentionAsync(cancellationToken)).Items.Where(static one => one.IsProblem).ToArray();
        return problems.Length switch
        {
            0 => null,
            1 => "there is one problem. 'flowgpt status' shows it.",
            _ => $"there are {problems.Length} problems. 'flowgpt status' lists them.",
        };
    }

    private async Task<string?> RequestAsync(HttpClient http, DoctorSettings settings, CancellationToken cancellationToken)
    {
        if (gateway.ClientKeyOf(settings) is not { } key)
        {
            return "there is no client key. Run 'flowgpt login --client', or set API_KEY.";
        }

        var length = 0;
        await foreach (var text in new ChatStream(http, key, settings.Model).AskAsync("Say hello.", cancellationToken))
        {
            length += text.Length;
        }

        return length > 0 ? null : "the answer has no text.";
    }
}
