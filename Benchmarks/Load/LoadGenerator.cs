using System.Diagnostics;
using System.Net.Sockets;

namespace FlowGpt.Benchmarks.Load;

/// <summary>Runs a plan against whatever its clients talk to.</summary>
internal static class LoadGenerator
{
    private static int _lastMarker;

    /// <param name="makeClient">Makes the client of the user with this number.</param>
    /// <param name="plan">How hard to push.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<LoadResult> RunAsync(Func<int, ILoadClient> makeClient, LoadPlan plan, CancellationToken cancellationToken)
    {
        var clients = Enumerable.Range(0, plan.Concurrency).Select(makeClient).ToArray();
        try
        {
            await Task.WhenAll(clients.Select(client => client.ConnectAsync(cancellationToken)));
            var budget = new Budget(plan);
            var samples = await Task.WhenAll(clients.Select(client => Task.Run(() => AskAsync(client, budget, cancellationToken))));
            return new LoadResult([.. samples.SelectMany(list => list)], budget.Elapsed);
        }
        finally
        {
            foreach (var client in clients)
            {
                client.Dispose();
            }
        }
    }

    private static async Task<List<Sample>> AskAsync(ILoadClient client, Budget budget, CancellationToken cancellationToken)
    {
        var samples = new List<Sample>();
        while (budget.TakeOne())
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                samples.Add(await client.AskAsync(Interlocked.Increment(ref _lastMarker), cancellationToken));
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or SocketException)
            {
                var took = Stopwatch.GetTimestamp() - started;
                samples.Add(new Sample(took, took, 0, exception.Message));
                await client.ConnectAsync(cancellationToken);
            }
        }

        return samples;
    }

    private sealed class Budget(LoadPlan plan)
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private int _taken;

        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

        public bool TakeOne() => plan.Duration is { } duration ? Elapsed < duration : Interlocked.Increment(ref _taken) <= plan.Requests;
    }
}
