using System.Diagnostics;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>
/// A process that is measured: of its own, so that its CPU time and memory are nobody else's. It is killed when it is disposed, and
/// its standard input closes when this process ends, however it ends.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 40;

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _readyPrefix;

    private ChildProcess(Process process, string? readyPrefix)
    {
        _process = process;
        _readyPrefix = readyPrefix;
        Usage = new ProcessUsage(process.Id);
    }

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>What it has used.</summary>
    public ProcessUsage Usage { get; }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts an executable that lies beside this one.</summary>
    /// <param name="name">Its file name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables added to this process's own.</param>
    /// <param name="readyPrefix">Begins the line by which it says that it is ready, if it does.</param>
    public static ChildProcess Start(
        string name,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string? readyPrefix = null
    )
    {
        var info = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, name), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment)
        {
            info.Environment[key] = value;
        }

        var process = Process.Start(info) ?? throw new InvalidOperationException($"{name} did not start.");
        var child = new ChildProcess(process, readyPrefix);
        process.OutputDataReceived += (_, line) => child.Take(line.Data);
        process.ErrorDataReceived += (_, line) => child.Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits for the line that says it is ready.</summary>
    /// <returns>The rest of that line.</returns>
    /// <exception cref="InvalidOperationException">It ended instead, or the deadline passed; the message holds its last lines.</exception>
    public async Task<string> ReadyLineAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var exited = _process.WaitForExitAsync(cancellationToken);
        try
        {
            await Task.WhenAny(_ready.Task, exited).WaitAsync(deadline, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw NotReady("was not ready in time");
        }

        return _ready.Task.IsCompleted ? await _ready.Task : throw NotReady("ended before it was ready");
    }

    /// <summary>An error that shows what the process wrote last.</summary>
    public InvalidOperationException NotReady(string what)
    {
        lock (_lastLines)
        {
            return new InvalidOperationException($"{_process.StartInfo.FileName} {what}:\n{string.Join('\n', _lastLines)}");
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

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (_readyPrefix is not null && line.StartsWith(_readyPrefix, StringComparison.Ordinal))
        {
            _ready.TrySetResult(line[_readyPrefix.Length..]);
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
