using System.Text;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>A silo or an API process of a cluster, which can be ended in every way and started again with the same address. Covers all processes that it has had.</summary>
internal sealed class ClusterMember : IAsyncDisposable
{
    private readonly Func<ProcessHost> _launch;
    private readonly string _readyLine;
    private readonly StringBuilder _earlierLives = new();
    private ProcessHost? _host;

    /// <summary>A member whose process is not started yet.</summary>
    /// <param name="name">As in <c>eng/cluster.sh</c>, for messages.</param>
    /// <param name="port">The member's port: a silo's for other silos, an API's for HTTP.</param>
    /// <param name="readyLine">The line of its output that says that the process serves.</param>
    /// <param name="launch">Starts the process.</param>
    public ClusterMember(string name, int port, string readyLine, Func<ProcessHost> launch)
    {
        Name = name;
        Port = port;
        _readyLine = readyLine;
        _launch = launch;
    }

    public string Name { get; }

    public int Port { get; }

    public bool IsFrozen { get; private set; }

    public bool IsRunning => _host is { IsRunning: true };

    /// <summary>The present process, or the latest.</summary>
    public ProcessHost Host => _host ?? throw new InvalidOperationException($"{Name} was never started.");

    /// <summary>The output of all processes of this member.</summary>
    public string Output => $"{_earlierLives}{_host?.Output}";

    /// <summary>Starts a process with the same address and waits until it serves.</summary>
    public async Task StartAsync()
    {
        await PutAwayAsync();
        _host = _launch();
        await _host.WaitForOutputAsync(
            output => output.Contains(_readyLine, StringComparison.Ordinal) ? output : null,
            $"{Name} was ready"
        );
    }

    /// <summary>A crash: <c>kill -9</c>.</summary>
    public Task KillAsync() => Host.KillAsync();

    /// <summary>SIGSTOP: its connections stay open and nothing answers.</summary>
    public void Freeze()
    {
        Host.Freeze();
        IsFrozen = true;
    }

    /// <summary>SIGCONT.</summary>
    public void Thaw()
    {
        Host.Thaw();
        IsFrozen = false;
    }

    /// <summary>SIGTERM, and the end of the process; returns its exit code.</summary>
    public Task<int> StopAsync() => Host.StopAsync();

    public ValueTask DisposeAsync() => PutAwayAsync();

    private async ValueTask PutAwayAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
            _earlierLives.Append(_host.Output);
            _host = null;
            IsFrozen = false;
        }
    }
}
