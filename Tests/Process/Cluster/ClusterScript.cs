using System.Diagnostics;
using FlowGpt.Tests.Process.Faults;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Process.Cluster;

/// <summary>Runs <c>eng/cluster.sh</c> in a new directory.</summary>
internal sealed class ClusterScript
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private readonly string _directory;
    private readonly Dictionary<string, string> _environment;

    public ClusterScript(string directory, IReadOnlyDictionary<string, string> settings)
    {
        _directory = directory;
        BasePort = LoopbackPort.Block(0, 11, 12, 31, 32, 51, 52, 71, 72, 99);
        _environment = new()
        {
            ["BIN"] = AppContext.BaseDirectory,
            ["BASE_PORT"] = $"{BasePort}",
            ["NGINX_PORT"] = $"{BasePort + 99}",
        };
        foreach (var (name, value) in settings)
        {
            _environment[name] = value;
        }
    }

    /// <summary>The first of the cluster's ports.</summary>
    public int BasePort { get; }

    /// <summary>The port of nginx, which clients use.</summary>
    public Uri Address => new($"http://127.0.0.1:{BasePort + 99}");

    /// <summary>The directory of all files of the cluster.</summary>
    public string State => Path.Combine(_directory, "state");

    /// <summary>Reports the running test as skipped when a program is missing.</summary>
    public static void SkipUnlessInstalled()
    {
        ExternalProgram.Bash.PathOrSkip();
        ExternalProgram.RedisServer.PathOrSkip();
        ExternalProgram.Nginx.PathOrSkip();
    }

    /// <summary>Requests that were not served, and what the processes wrote about each of them and about faults.</summary>
    public string Explain(IEnumerable<LoadRequest> failed)
    {
        var requests = failed.ToArray();
        var told = Directory
            .EnumerateFiles(State, "*.log")
            .SelectMany(file =>
                File.ReadLines(file)
                    .Where(line => requests.Any(request => line.Contains(request.Id, StringComparison.Ordinal)) || IsOfAFault(line))
                    .TakeLast(200)
                    .Select(line => $"{Path.GetFileName(file)}: {line}")
            );
        return string.Join('\n', requests.Select(static request => $"{request}").Concat(told));
    }

    private static bool IsOfAFault(string line) =>
        line.Contains("\"Warning\"", StringComparison.Ordinal) || line.Contains("\"Error\"", StringComparison.Ordinal);

    /// <summary>Runs a command of the script and returns its exit code and its output.</summary>
    public async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Repository.PathOf("eng/cluster.sh"), arguments[0], State, .. arguments[1..]])
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var process = System.Diagnostics.Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Deadline);
        return (process.ExitCode, await output.WaitAsync(Deadline) + await errors.WaitAsync(Deadline));
    }
}
