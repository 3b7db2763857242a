using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using FlowGpt.ApiFrontend.Cluster;

namespace FlowGpt.Tests.Process;

/// <summary>
/// One of the product's executables as a child process: its output is captured, and the process is ended by its id. Started with
/// nothing of this process's settings.
/// </summary>
internal sealed class ProcessHost : IAsyncDisposable
{
    /// <summary>How long anything awaited here may take before the test fails.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly System.Diagnostics.Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProcessHost(System.Diagnostics.Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
    }

    /// <summary>Whether the process still runs.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Everything that the process has written so far, to standard output and standard error.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts an executable that lies beside the tests, such as <c>FlowGpt.Silo</c>.</summary>
    public static ProcessHost Start(
        string name,
        string workingDirectory,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    )
    {
        var file = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var inherited in start.Environment.Keys.Where(IsOurs).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        // No process here lives long enough to get back what measuring its code costs.
        start.Environment["DOTNET_TieredPGO"] = "0";
        if (environment.ContainsKey("REDIS_CONNECTION") && !environment.ContainsKey("CLUSTER_TLS"))
        {
            var isApi = arguments.Append(name).Any(static one => one.EndsWith("FlowGpt.ApiFrontend", StringComparison.Ordinal));
            start.Environment["CLUSTER_TLS"] = TestCertificates.For(isApi ? ClusterRole.Api : ClusterRole.Silo);
        }

        var host = new ProcessHost(new System.Diagnostics.Process { StartInfo = start });
        host._process.Start();
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        return host;
    }

    /// <summary>Waits until what the process has written gives a result.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or the deadline passed, before there was a result; the message holds the output.</exception>
    public async Task<T> WaitForOutputAsync<T>(Func<string, T?> read, string what)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        var exited = _process.WaitForExitAsync(deadline.Token);
        while (true)
        {
            var changed = Changed();
            if (read(Output) is { } result)
            {
                return result;
            }

            if (exited.IsCompleted)
            {
                throw new InvalidOperationException($"The process ended or the deadline passed before {what}. Its output:\n{Output}");
            }

            await Task.WhenAny(changed, exited);
        }
    }

    /// <summary>Waits for the end of the process and returns its exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? within = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(within ?? Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>A crash: ends the process at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <summary>An orderly stop, as a service manager asks for it; returns the exit code.</summary>
    public Task<int> StopAsync()
    {
        Signal(PosixSignal.SIGTERM);
        return WaitForExitAsync();
    }

    /// <summary>Freezes the process until <see cref="Thaw"/>: its connections stay open and nothing answers.</summary>
    public void Freeze() => Signal((PosixSignal)19);

    /// <summary>Lets the frozen process run again.</summary>
    public void Thaw() => Signal((PosixSignal)18);

    /// <summary>Sends a signal, such as SIGSTOP (19 on Linux) by its raw number.</summary>
    public void Signal(PosixSignal signal) =>
        Assert.Equal(
            0,
            Kill(
                Id,
                signal == PosixSignal.SIGTERM ? 15
                    : signal == PosixSignal.SIGINT ? 2
                    : (int)signal
            )
        );

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private Task Changed()
    {
        lock (_gate)
        {
            return _changed.Task;
        }
    }

    private void Append(string? line)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (line is not null)
            {
                _output.AppendLine(line);
            }

            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.TrySetResult();
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("FLOWGPT", StringComparison.OrdinalIgnoreCase)
        || ProviderVariables.Names.Contains(name)
        || name
            is "API_MASTER_KEY"
                or "ADMIN_API_KEY"
                or "REQUEST_TIMEOUT"
                or "DATA_DIRECTORY"
                or "REDIS_CONNECTION"
                or "CLUSTER_TLS"
                or "TIME_ZONE"
        || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.StartsWith("OTEL_", StringComparison.Ordinal)
        || name.StartsWith("DOTNET_ENVIRONMENT", StringComparison.Ordinal);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int id, int signal);
}
