using System.Reflection;
using FlowGpt.Cli.Accounts;
using FlowGpt.Cli.Audit;
using FlowGpt.Cli.Chat;
using FlowGpt.Cli.Cluster;
using FlowGpt.Cli.Completion;
using FlowGpt.Cli.Connections;
using FlowGpt.Cli.Conversations;
using FlowGpt.Cli.Doctor;
using FlowGpt.Cli.Keys;
using FlowGpt.Cli.Output;
using FlowGpt.Cli.Requests;
using FlowGpt.Cli.Routes;
using FlowGpt.Cli.Signing;
using FlowGpt.Cli.Status;
using FlowGpt.Cli.Usage;
using Spectre.Console;
using Spectre.Console.Cli;

namespace FlowGpt.Cli;

/// <summary>All commands.</summary>
public static class CommandLine
{
    /// <summary>Runs one command.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="console">Where output goes.</param>
    /// <param name="errors">Where errors go.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="cancellationToken">Ends commands that run until they are cancelled, as Ctrl+C does.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(
        IEnumerable<string> arguments,
        IAnsiConsole console,
        IAnsiConsole errors,
        Machine machine,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(machine);
        var app = new CommandApp(new Services(new Gateway(machine), new Screen(console, errors)));
        app.Configure(config =>
        {
            config.SetApplicationName("flowgpt").ConfigureConsole(console).CaseSensitivity(CaseSensitivity.All);
            config.UseStrictParsing();
            config.SetApplicationVersion(Version);
            config.SetExceptionHandler(
                (problem, _) =>
                {
                    errors.MarkupLineInterpolated($"[red]error:[/] {problem.Message}");
                    return problem is CommandAppException ? ExitCodes.Usage : ExitCodes.Failed;
                }
            );
            Add(config);
        });
        return app.RunAsync(arguments, cancellationToken);
    }

    /// <summary>The version with the commit that it was built from.</summary>
    private static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private static void Add(IConfigurator config)
    {
        config.AddCommand<LoginCommand>("login").WithDescription("Keeps the gateway's address and a key on this machine");
        config.AddCommand<LogoutCommand>("logout").WithDescription("Forgets the address and the keys");
        config.AddCommand<StatusCommand>("status").WithDescription("Pools, silos, and what needs attention");
        config.AddCommand<TopCommand>("top").WithDescription("What happens now, once a second, until Ctrl+C");
        config
            .AddCommand<DoctorCommand>("doctor")
            .WithDescription("Checks everything from the address to a real request, and says the fix");
        config.AddBranch(
            "accounts",
            static accounts =>
            {
                accounts.SetDescription("Upstream accounts");
                accounts.AddCommand<AccountListCommand>("list").WithDescription("Accounts of all pools, or of one");
                accounts.AddCommand<AccountShowCommand>("show").WithDescription("One account: limits, marks, failures");
                accounts.AddCommand<AccountAddCommand>("add").WithDescription("Adds an account; its secret comes from standard input");
                accounts.AddCommand<AccountTokenCommand>("token").WithDescription("Replaces an account's secret, read from standard input");
                accounts.AddCommand<AccountModeCommand>("mode").WithDescription("Enables, disables, drains or resets an account");
                accounts.AddCommand<AccountRemoveCommand>("remove").WithDescription("Removes an account that was added");
            }
        );
        config.AddCommand<ImportCommand>("import").WithDescription("Adds many accounts from a file of JSON lines, or from standard input");
        config.AddBranch(
            "keys",
            static keys =>
            {
                keys.SetDescription("Keys of clients");
                keys.AddCommand<KeyListCommand>("list").WithDescription("All keys");
                keys.AddCommand<KeyCreateCommand>("create").WithDescription("Makes a key and shows its secret, once");
                keys.AddCommand<KeyRotateCommand>("rotate").WithDescription("Gives a key a new secret");
                keys.AddCommand<KeyRevokeCommand>("revoke").WithDescription("Ends a key, within a second everywhere");
            }
        );
        config.AddCommand<UsageCommand>("usage").WithDescription("Who used what");
        config.AddBranch(
            "routes",
            static routes =>
            {
                routes.SetDescription("Model names and what serves them");
                routes.AddCommand<RouteListCommand>("list").WithDescription("All model names");
                routes.AddCommand<RouteSetCommand>("set").WithDescription("Adds or replaces a model name");
                routes.AddCommand<RouteRemoveCommand>("remove").WithDescription("Removes a model name that was added");
            }
        );
        config.AddBranch(
            "requests",
            static requests =>
            {
                requests.SetDescription("The latest requests of clients; never their text");
                requests.AddCommand<RequestListCommand>("list").WithDescription("The latest requests");
                requests.AddCommand<RequestShowCommand>("show").WithDescription("One request: attempts and decisions");
            }
        );
        config
            .AddCommand<ConversationsCommand>("conversations")
            .WithDescription("How many conversations the clients have stored, and their sizes");
        config
            .AddCommand<ConversationTextCommand>("conversation")
            .WithDescription("What is written in a stored conversation or kept response, where the gateway shows that");
        config.AddCommand<AuditCommand>("audit").WithDescription("What operators did");
        config.AddBranch(
            "cluster",
            static cluster =>
            {
                cluster.SetDescription("Silos");
                cluster.AddCommand<ClusterShowCommand>("show").WithDescription("All silos");
                cluster.AddCommand<ClusterDrainCommand>("drain").WithDescription("A silo takes no new turns, or takes them again");
            }
        );
        config.AddCommand<ChatCommand>("chat").WithDescription("Talks to a model, streamed");
        config.AddCommand<CompletionCommand>("completion").WithDescription("Prints a completion script for bash, zsh or fish");
    }
}
