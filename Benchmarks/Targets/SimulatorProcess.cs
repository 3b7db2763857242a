using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>The simulator as a separate process: this executable with the verb <see cref="Verb"/>.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    public const string Verb = "simulator";

    private readonly ChildProcess _process;

    private SimulatorProcess(ChildProcess process) => _process = process;

    /// <inheritdoc cref="ChildProcess.Address"/>
    public Uri Address => _process.Address;

    /// <inheritdoc cref="ChildProcess.EndPoint"/>
    public IPEndPoint EndPoint => _process.EndPoint;

    /// <summary>What it has used.</summary>
    public ProcessUsage Usage => _process.Usage;

    public static async Task<SimulatorProcess> StartAsync(ReplyPace pace, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            Verb,
            Text(pace.Tokens),
            Text(pace.FirstToken.TotalMilliseconds),
            Text(pace.EachToken.TotalMilliseconds),
            pace.FlushEach.ToString(),
        ];
        return new SimulatorProcess(
            await ChildProcess.StartAsync(TargetFiles.Self, arguments, TargetFiles.NoVariables, TargetFiles.ReadAddress, cancellationToken)
        );
    }

    /// <summary>What the child process runs, until its input is closed.</summary>
    public static async Task ServeAsync(string[] arguments)
    {
        var options = new SimulatorOptions
        {
            // More than any scenario has: an account beyond it is refused, and the gateway then finds its upstream at fault.
            MaxAccounts = 50_000,
            Behaviour = new BehaviourSettings
            {
                ReplyTokens = int.Parse(arguments[0], CultureInfo.InvariantCulture),
                FirstTokenDelay = Milliseconds(arguments[1]),
                TokenDelay = Milliseconds(arguments[2]),
                FlushEachToken = bool.Parse(arguments[3]),
            },
        };
        await using var host = await SimulatorHost.StartAsync(options, CancellationToken.None);
        await Console.Out.WriteLineAsync(TargetFiles.ReadyPrefix + host.Address);
        await Console.In.ReadLineAsync();
    }

    /// <summary>Answers at another pace from now on.</summary>
    public async Task SetPaceAsync(ReplyPace pace, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler();
        using var http = new HttpClient(handler) { BaseAddress = Address };
        var behaviour = new JsonObject
        {
            ["replyTokens"] = pace.Tokens,
            ["firstTokenDelay"] = $"{Text(pace.FirstToken.TotalMilliseconds)}ms",
            ["tokenDelay"] = $"{Text(pace.EachToken.TotalMilliseconds)}ms",
            ["flushEachToken"] = pace.FlushEach,
        };
        using var content = new StringContent(behaviour.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync("/_sim/behaviour", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(double.Parse(text, CultureInfo.InvariantCulture));
}
