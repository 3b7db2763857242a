using System.Diagnostics;
using System.Net;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>
/// A process that is measured: of its own, so that its CPU time and memory are nobody else's. It is killed when it is disposed, and
/// its standard input closes when this process ends, however it ends.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 40;

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<string, Uri?> _readAddress;

    private ChildProcess(Process process, Func<string, Uri?> readAddress)
    {
        _process = process;
        _readAddress = readAddress;
        Usage = new ProcessUsage(process.Id);
    }

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>What it has used.</summary>
    public ProcessUsage Usage { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <inheritdoc cref="Address"/>
    public IPEndPoint EndPoint => IPEndPoint.Parse(Address.Authority);

    /// <summary>Starts an executable, and waits until it says that it serves.</summary>
    /// <param name="name">Its file name, if it lies beside this one; else it is looked for on the path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables added to this process's own.</param>
    /// <param name="readAddress">Takes the address out of the line that says so; null for every other line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">It ended instead, or did not serve in time; the message holds its last lines.</exception>
    public static async Task<ChildProcess> StartAsync(
        string name,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Func<string, Uri?> readAddress,
        CancellationToken cancellationToken
    )
    {
        var beside = Path.Combine(AppContext.BaseDirectory, name);
        var info = new ProcessStartInfo(File.Exists(beside) ? beside : name, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Threads that wait do not spin: a spinning thread counts as CPU time of whoever happens to have least to do. The same for every program.
        info.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        // A provider's key of whoever measures must not become a pool.
        info.Environment.Remove("OPENAI_API_KEY");
        info.Environment.Remove("ANTHROPIC_API_KEY");
        foreach (var (key, value) in environment)
        {
            info.Environment[key] = value;
        }

        var process = Process.Start(info) ?? throw new InvalidOperationException($"{name} did not start.");
        var child = new ChildProcess(process, readAddress);
        process.OutputDataReceived += (_, line) => child.Take(line.Data);
        process.ErrorDataReceived += (_, line) => child.Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            child.Address = await child.ReadyAsync(cancellationToken);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task<Uri> ReadyAsync(CancellationToken cancellationToken)
    {
        var exited = _process.WaitForExitAsync(cancellationToken);
        try
        {
            await Task.WhenAny(_ready.Task, exited).WaitAsync(StartDeadline, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw NotReady("was not ready in time");
        }

        return _ready.Task.IsCompleted ? await _ready.Task : throw NotReady("ended before it was ready");
    }

    private InvalidOperationException NotReady(string what)
    {
        lock (_lastLines)
        {
            return new InvalidOperationException($"{_process.StartInfo.FileName} {what}:\n{string.Join('\n', _lastLines)}");
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (!_ready.Task.IsCompleted && _readAddress(line) is { } address)
        {
            _ready.TrySetResult(address);
        }

        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > KeptLines)
            {
                _lastLines.Dequeue();
            }
        }
    }
}
