using System.Globalization;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>
/// A number of clients, each of which sends one request after the other until the load is stopped: streams, plain requests and turns of stored
/// conversations. Every reply is compared with the one that the request must get.
/// </summary>
internal sealed class ContinuousLoad : IAsyncDisposable
{
    /// <summary>How many requests in a row, all begun after a fault, must be served until the service counts as whole.</summary>
    private const int SteadyRequests = 24;

    private readonly HttpClient _client;
    private readonly TimeSpan _requestDeadline;
    private readonly CancellationTokenSource _leave = new();
    private readonly Lock _gate = new();
    private readonly List<LoadRequest> _requests = [];
    private readonly string _name;
    private readonly Task _workers;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;

    private ContinuousLoad(HttpClient client, TimeSpan requestDeadline, int clients, int seed)
    {
        _client = client;
        _requestDeadline = requestDeadline;
        _name = string.Create(CultureInfo.InvariantCulture, $"zq{seed:x}m{TimeProvider.System.GetTimestamp() & 0xffffff:x}");
        StartedAt = TimeProvider.System.GetTimestamp();
        _workers = Task.WhenAll(Enumerable.Range(0, clients).Select(i => WorkAsync(new Random(seed + i))));
    }

    public long StartedAt { get; }

    /// <summary>The requests so far, running ones included, in the order in which they were sent.</summary>
    public IReadOnlyList<LoadRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>A text that is in every prompt of this load and nowhere else.</summary>
    public string Marker => _name;

    /// <summary>Starts a load and returns once its requests are served.</summary>
    public static Task<ContinuousLoad> StartAsync(FaultCluster cluster, int clients = 12, int seed = 1) =>
        StartAsync(cluster.Nginx.NewClient(Timeout.InfiniteTimeSpan, reuse: false), cluster.Options.RequestTimeout, clients, seed);

    /// <summary>Starts a load on any API and returns once its requests are served.</summary>
    /// <param name="client">Sends to the API; the load disposes the client.</param>
    /// <param name="requestTimeout">The longest time of a request, as the product's setting has it.</param>
    /// <param name="clients">How many clients.</param>
    /// <param name="seed">The seed of the questions.</param>
    public static async Task<ContinuousLoad> StartAsync(HttpClient client, TimeSpan requestTimeout, int clients, int seed)
    {
        // Longer than the product may take: a request that reaches this time has hung.
        var load = new ContinuousLoad(client, requestTimeout + TimeSpan.FromSeconds(15), clients, seed);
        try
        {
            await load.UntilSteadyAsync(load.StartedAt);
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until streams are in flight whose clients have seen text.</summary>
    public Task UntilStreamsAsync(int count) =>
        UntilAsync(requests => requests.Count(request => !request.IsOver && request.HasText) >= count, $"{count} streams are in flight");

    /// <summary>Waits until the service is whole again after a fault: so many requests in a row that began after it were served at once.</summary>
    public Task UntilSteadyAsync(long fault) =>
        UntilAsync(
            requests =>
            {
                var after = requests.Where(request => request.StartedAfter(fault)).ToArray();
                var bad = Array.FindLastIndex(after, request => request.IsOver && (!request.IsServed || Recovery.IsLate(request)));
                var good = after.Skip(bad + 1).Take(SteadyRequests).ToArray();
                return good.Length == SteadyRequests
                    && good.All(request => request.IsServed)
                    && requests.All(request => request.IsOver || request.StartedAfter(good[0].StartedAt));
            },
            $"{SteadyRequests} requests in a row are served"
        );

    /// <summary>Waits until the load so far meets a condition, which is checked whenever a request begins or ends or text comes.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<LoadRequest>, bool> wanted, string what)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(FaultCluster.Deadline * 2);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            var requests = Requests;
            if (wanted(requests))
            {
                return;
            }

            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException(
                    $"It did not happen in time that {what}. The latest requests:\n" + string.Join('\n', requests.TakeLast(40))
                );
            }
        }
    }

    /// <summary>Sends no further requests and returns when the running ones have ended.</summary>
    public async Task StopAsync()
    {
        _stopping = true;
        await _workers.WaitAsync(_requestDeadline + FaultCluster.Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        await _leave.CancelAsync();
        await _workers.WaitAsync(FaultCluster.Deadline);
        _leave.Dispose();
        _client.Dispose();
    }

    private async Task WorkAsync(Random random)
    {
        while (!_stopping)
        {
            var request = Next(random);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_leave.Token);
            deadline.CancelAfter(_requestDeadline);
            try
            {
                await LoadClient.SendAsync(_client, request, Pulse, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                request.End(_leave.IsCancellationRequested ? LoadOutcome.Left : LoadOutcome.Hung);
            }

            Pulse();
        }
    }

    private LoadRequest Next(Random random)
    {
        lock (_gate)
        {
            var marker = string.Create(CultureInfo.InvariantCulture, $"{_name}n{_requests.Count}");
            var id = string.Create(CultureInfo.InvariantCulture, $"load-{StartedAt:x}-{_requests.Count}");
            var request = random.Next(10) switch
            {
                < 3 => new LoadRequest(marker, id, LoadKind.Plain, random.Next(5, 20), 20),
                < 6 => new LoadRequest(marker, id, LoadKind.Stream, random.Next(5, 20), 25),
                < 9 => new LoadRequest(marker, id, LoadKind.LongStream, random.Next(40, 80), 50),
                _ => new LoadRequest(marker, id, LoadKind.Stored, random.Next(5, 10), 20),
            };
            _requests.Add(request);
            return request;
        }
    }

    private void Pulse()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.TrySetResult();
    }
}
