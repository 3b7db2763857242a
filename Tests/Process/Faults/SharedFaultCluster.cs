using System.Collections.Concurrent;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>
/// One cluster of three silos for all tests of faults, one after the other: starting it takes longer than most faults. Made at first use, so that
/// a test can be skipped where the cluster cannot be started. Prints the table of measured times at the end.
/// </summary>
public sealed class SharedFaultCluster : IAsyncDisposable
{
    private readonly ConcurrentQueue<Recovery> _measured = new();
    private FaultCluster? _cluster;

    public async ValueTask DisposeAsync()
    {
        if (!_measured.IsEmpty)
        {
            TestContext.Current.SendDiagnosticMessage("{0}\n{1}", Recovery.Head, string.Join('\n', _measured.Select(row => row.ToRow())));
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    internal async Task<FaultCluster> GetAsync() => _cluster ??= await FaultCluster.StartAsync();

    internal void Add(Recovery measured) => _measured.Enqueue(measured);
}
