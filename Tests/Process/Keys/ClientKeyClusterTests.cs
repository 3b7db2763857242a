using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using FlowGpt.Tests.Cluster.Keys;
using FlowGpt.Tests.Process.Faults;

namespace FlowGpt.Tests.Process.Keys;

/// <summary>Client keys in a split cluster of real processes: a silo, two frontends, nginx with the shipped configuration.</summary>
[Trait("Category", "Process")]
public sealed class ClientKeyClusterTests(ClientKeyClusterTests.Fixture fixture)
    : IClassFixture<ClientKeyClusterTests.Fixture>,
        IAsyncLifetime
{
    /// <summary>Within this time a revocation takes effect on every frontend.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    private FaultCluster _cluster = null!;
    private KeyOperator _operator = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await fixture.GetAsync();
        await _cluster.MakeWholeAsync();
        _operator = new KeyOperator(Address(0), FaultCluster.AdminKey);
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Key_RevokedThroughOneFrontend_IsRefusedByEachWithinASecond()
    {
        var made = await _operator.CreateAsync("""{"name":"leaver"}""");
        var key = (string)made["key"]!;
        var watches = Enumerable.Range(0, 2).Select(i => WatchAsync(i, key, until: 401)).ToArray();
        await Soon.Happens(Task.WhenAll(watches.Select(watch => watch.Served)), "both frontends serve the key");

        var revoked = await _operator.SendAsync(HttpMethod.Post, $"/admin/keys/{made["id"]}/revoke");
        var since = TimeProvider.System.GetTimestamp();

        Assert.Equal((200, "revoked"), (revoked.Status, (string?)revoked.Body["status"]));
        foreach (var watch in watches)
        {
            // Requests that began later than the bound were all refused.
            var lastServed = await Soon.Happens(watch.Ended, "a frontend refuses the revoked key");
            Assert.True(TimeProvider.System.GetElapsedTime(since, lastServed) < Bound);
        }
    }

    [Fact]
    public async Task Silos_Gone_KeysAreAnswered503AndNeverLetIn_AndServedAgainAfterwards()
    {
        var made = await _operator.CreateAsync("""{"name":"stranded"}""");
        var key = (string)made["key"]!;
        var watches = Enumerable.Range(0, 2).Select(i => WatchAsync(i, key, until: 503)).ToArray();
        await Soon.Happens(Task.WhenAll(watches.Select(watch => watch.Served)), "both frontends serve the key");

        await _cluster.Silos[0].KillAsync();
        var since = TimeProvider.System.GetTimestamp();

        foreach (var watch in watches)
        {
            var lastServed = await Soon.Happens(watch.Ended, "a frontend that can ask nobody refuses");
            Assert.True(TimeProvider.System.GetElapsedTime(since, lastServed) < Bound);
        }

        using var first = Client(0, "127.0.0.1");
        using var second = Client(1, "127.0.0.1");
        Assert.Equal((503, 503), (await ModelsAsync(first, key), await ModelsAsync(second, key)));
        await _cluster.Silos[0].StartAsync();
        await Soon.Becomes(
            async () => (await ModelsAsync(first, key), await ModelsAsync(second, key)),
            static statuses => statuses == (200, 200),
            "both frontends serve the key again"
        );
    }

    [Fact]
    public async Task WrongKeys_TwoHundredFromOneAddress_AreSlowedAndARightKeyFromAnotherIsNot()
    {
        var made = await _operator.CreateAsync("""{"name":"bystander"}""");
        var key = (string)made["key"]!;
        using var guesser = Client(1, "127.0.0.2");
        using var bystander = Client(1, "127.0.0.3");
        await GuessAsync(guesser, bystander, key);
    }

    [Fact]
    public async Task WrongKeys_ThroughAProxy_CountForTheAddressThatItNames()
    {
        var made = await _operator.CreateAsync("""{"name":"bystander"}""");
        // The header as the shipped nginx sets it: one address, that of nginx's client.
        using var guesser = Client(1, "127.0.0.1");
        guesser.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        using var bystander = Client(1, "127.0.0.1");
        bystander.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.8");
        await GuessAsync(guesser, bystander, (string)made["key"]!);
    }

    private static async Task GuessAsync(HttpClient guesser, HttpClient bystander, string key)
    {
        var statuses = new List<int>();
        for (var i = 0; i < 200; i++)
        {
            statuses.Add(await ModelsAsync(guesser, $"sk-fgc-{i:x16}-{new string('0', 64)}"));
            if (i % 20 == 19)
            {
                Assert.Equal(200, await ModelsAsync(bystander, key));
            }
        }

        Assert.Equal(401, statuses[0]);
        Assert.Equal(200, statuses.Count(static status => status is 401 or 429));
        Assert.InRange(statuses.Count(static status => status == 401), 6, 25);
    }

    private Uri Address(int frontend) => new($"http://127.0.0.1:{_cluster.Frontends[frontend].Port}");

    /// <summary>Uses a key again and again; ends at the first answer that is not 200, which must be the expected one.</summary>
    private (Task Served, Task<long> Ended) WatchAsync(int frontend, string key, int until)
    {
        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (served.Task, RunAsync());

        async Task<long> RunAsync()
        {
            using var client = Client(frontend, "127.0.0.1");
            var lastServed = 0L;
            while (true)
            {
                var began = TimeProvider.System.GetTimestamp();
                var status = await ModelsAsync(client, key);
                if (status != 200)
                {
                    Assert.Equal(until, status);
                    return lastServed;
                }

                lastServed = began;
                served.TrySetResult();
            }
        }
    }

    private static async Task<int> ModelsAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>A client with its own source address.</summary>
    private HttpClient Client(int frontend, string from)
    {
        var port = _cluster.Frontends[frontend].Port;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = ProcessHost.Deadline };
    }

    /// <summary>One cluster for all tests, made at first use, so that a test can be skipped where it cannot be.</summary>
    public sealed class Fixture : IAsyncDisposable
    {
        private FaultCluster? _cluster;

        internal async Task<FaultCluster> GetAsync() =>
            _cluster ??= await FaultCluster.StartAsync(new FaultClusterOptions { Silos = 1, Frontends = 2 });

        public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? default;
    }
}
