using System.Globalization;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        dotnet run -c Release --project Benchmarks -- [scenario...] [options]
        dotnet run -c Release --project Benchmarks -- micro [BenchmarkDotNet's own options]

        scenarios   bars      every bar and goal of docs/performance.md, in less than 15 minutes (needs redis-server for one of them)
                    dashboards what ten open dashboards add, idle and under load
                    floor     CPU time beside a bare relay and YARP, in rounds that measure all of them in turn
                    instant   replies without delay, 1, 32 and 256 at once, streamed and whole, beside the bare upstream and YARP
                    flushed   the same with each token in a write of its own
                    slow      500 streams open at once, one second each
                    limits    what accounts with limits of every kind cost
                    accounts  a request by the number of accounts, 500 to 20,000 beside 10 (needs redis-server)
                    linger    what waiting a little for more text saves
                    many      an accounts file of 20,000, 100,000 client keys, 2,000 models (needs redis-server); with accounts, every bar of scale
                    unread    memory for each stream of a long reply that its client does not read
                    memory    what 200,000 requests leave behind
                    items     what a stored conversation costs at 10 to 5,000 items
                    readers   one kept response streamed to 1, 10 and 1,000 readers, and how soon a client that comes back is served
                    turns     kept, checkpointed and tool-calling turns beside plain ones
                    keys      what client keys, their limits and budgets cost
                    pool      leases granted and settled a second, from inside and outside of the pool's silo
                    scale     what a request costs one process, 1 to 3 silos, and frontends of their own (needs redis-server)
                    split     CPU time of a cluster of 2 silos and 2 frontends beside one process (needs redis-server)
                    state     what a request asks of Redis and leaves there (needs redis-server)
                    usage     usage queries by how many requests are recorded, and what booking one takes
                    passthrough what an OpenAI-compatible upstream's text and tool calls cost beside YARP
                    profile   one load for a long time, to look at the gateway from outside
                    Without any: instant and slow.

        options     --requests N     requests of each measurement (3000; memory: 200000)
                    --warmup N       requests of the same shape before each measurement (2000; floor: 40000 before the first)
                    --duration S     profile, dashboards: seconds (30)
                    --concurrency N  floor, bars, split, profile: requests at once (32)
                    --rounds N       floor, bars, split: how often each program is measured (5)
                    --gateway NAME=FOLDER
                                     floor, bars, passthrough, split, profile: a published build of the gateway instead of this one; may be repeated to compare builds.
                                     bars, split: the API is published into FOLDER/api
                    --only TEXT      floor, slow, scale: only what has this in its name, such as gateway or history; profile: conversation, history, or stamped,
                                     stamped-flushed or stamped-calling for an OpenAI-compatible upstream
                    --set NAME=VALUE an environment variable of the gateway; may be repeated
        """;

    /// <summary>Names of scenarios, in the order to run them in.</summary>
    public IReadOnlyList<string> Scenarios { get; init; } = [];

    /// <summary>Requests of each measurement; null for each scenario's own number.</summary>
    public int? Requests { get; init; }

    /// <summary>Requests before each measurement.</summary>
    public int Warmup { get; init; } = 2_000;

    /// <summary>How long a profile runs.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests at once of a profile.</summary>
    public int Concurrency { get; init; } = 32;

    /// <summary>What <see cref="FloorScenario"/> measures.</summary>
    public FloorOptions Floor { get; init; } = new();

    /// <summary>What the name of a subject must contain to be measured, where a scenario can do without the others.</summary>
    public string Only { get; init; } = "";

    /// <summary>Environment variables of the gateway, to try a setting out.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <exception cref="FormatException">An argument is wrong; the message says which, and why.</exception>
    public static BenchmarkOptions Parse(string[] arguments)
    {
        var options = new BenchmarkOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            options = argument switch
            {
                "--requests" => options with { Requests = Number(arguments, ++i) },
                "--warmup" when Number(arguments, ++i) is var number => options with
                {
                    Warmup = number,
                    Floor = options.Floor with { WarmUp = number },
                },
                "--rounds" => options with { Floor = options.Floor with { Rounds = Number(arguments, ++i) } },
                "--gateway" => options with
                {
                    Floor = options.Floor with { Gateways = [.. options.Floor.Gateways, Build(arguments, ++i)] },
                },
                "--duration" => options with { Duration = TimeSpan.FromSeconds(Number(arguments, ++i)) },
                "--concurrency" => options with { Concurrency = Number(arguments, ++i) },
                "--only" => options with { Only = ++i < arguments.Length ? arguments[i] : "" },
                "--set" => options with { Variables = new Dictionary<string, string>([.. options.Variables, Assignment(arguments, ++i)]) },
                _ when argument.StartsWith('-') => throw new FormatException($"{argument}: is not an option."),
                _ => options with { Scenarios = [.. options.Scenarios, argument] },
            };
        }

        return options.Scenarios.Count > 0 ? options : options with { Scenarios = [InstantScenario.Name, SlowScenario.Name] };
    }

    private static GatewayBuild Build(string[] arguments, int at) =>
        at < arguments.Length && arguments[at].Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } folder]
            ? new(name, folder)
            : throw new FormatException("--gateway: give NAME=FOLDER, the folder being one that the Silo project was published into.");

    private static KeyValuePair<string, string> Assignment(string[] arguments, int at) =>
        at < arguments.Length && arguments[at].Split('=', 2) is [{ Length: > 0 } name, var value]
            ? new(name, value)
            : throw new FormatException("--set: give NAME=VALUE.");

    private static int Number(string[] arguments, int at) =>
        at < arguments.Length && int.TryParse(arguments[at], CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{arguments[at - 1]}: give a whole number above 0.");
}
