using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process.Faults;
using ClusterMember = FlowGpt.Tests.Process.Faults.ClusterMember;

namespace FlowGpt.Tests.Process.Partition;

/// <summary>
/// Two silos with the API, each in its own network. Redis is in the first silo's network; between the networks is a router that can be set to forward
/// nothing, and both reach the upstream by a link that is never cut: the case in which a silo that the others have declared dead can still send calls.
/// </summary>
internal sealed class PartitionCluster : IAsyncDisposable
{
    private const string MajorityAddress = "10.213.1.2";
    private const string MinorityAddress = "10.213.2.2";
    private const string UpstreamAddress = "10.214.0.1";

    private readonly TemporaryDirectory _directory = new();
    private readonly List<NetworkNamespace> _namespaces = [];
    private readonly List<IAsyncDisposable> _parts = [];
    private NetworkNamespace _majoritySide = null!;
    private NetworkNamespace _minoritySide = null!;
    private NetworkNamespace _router = null!;

    /// <summary>The silo on Redis's side.</summary>
    public ClusterMember Majority { get; private set; } = null!;

    /// <summary>The silo that is cut off.</summary>
    public ClusterMember Minority { get; private set; } = null!;

    private HttpClient Upstream { get; set; } = null!;

    /// <summary>Makes the networks and starts everything but the silos.</summary>
    public static async Task<PartitionCluster> StartAsync(IReadOnlyList<FaultAccount> accounts)
    {
        var cluster = new PartitionCluster();
        try
        {
            await cluster.ConnectAsync();
            await cluster.LaunchAsync(accounts);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new client of a silo's API in that silo's network, with the operator's key.</summary>
    public HttpClient NewClient(ClusterMember silo)
    {
        var client = silo == Majority ? _majoritySide.NewClient(Api(MajorityAddress)) : _minoritySide.NewClient(Api(MinorityAddress));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FaultCluster.AdminKey);
        return client;
    }

    /// <summary>Cuts the silo off: from now on packets between it and the rest of the cluster are dropped without an error.</summary>
    public Task CutAsync() => _router.ExecuteAsync("echo 0 > /proc/sys/net/ipv4/ip_forward");

    /// <summary>Forwards everything again.</summary>
    public Task HealAsync() => _router.ExecuteAsync("echo 1 > /proc/sys/net/ipv4/ip_forward");

    /// <summary>The upstream's own counts.</summary>
    public async Task<JsonNode> TruthAsync() =>
        JsonNode.Parse(await Upstream.GetStringAsync("/_sim/truth", TestContext.Current.CancellationToken))!;

    public async ValueTask DisposeAsync()
    {
        Upstream?.Dispose();
        foreach (var silo in _parts.OfType<ClusterMember>())
        {
            FaultCluster.KeepLog(silo);
        }

        foreach (var part in Enumerable.Reverse(_parts))
        {
            await part.DisposeAsync();
        }

        foreach (var one in _namespaces)
        {
            await one.DisposeAsync();
        }

        _directory.Dispose();
    }

    private async Task ConnectAsync()
    {
        _majoritySide = await AddNamespaceAsync();
        _minoritySide = await AddNamespaceAsync();
        _router = await AddNamespaceAsync();
        await NetworkNamespace.LinkAsync((_majoritySide, $"{MajorityAddress}/24"), (_router, "10.213.1.1/24"));
        await NetworkNamespace.LinkAsync((_minoritySide, $"{MinorityAddress}/24"), (_router, "10.213.2.1/24"));
        await NetworkNamespace.LinkAsync((_majoritySide, $"{UpstreamAddress}/24"), (_minoritySide, "10.214.0.2/24"));
        await _majoritySide.ConfigureAsync("route", "add", "10.213.2.0/24", "via", "10.213.1.1");
        await _minoritySide.ConfigureAsync("route", "add", "10.213.1.0/24", "via", "10.213.2.1");
        await HealAsync();
    }

    private async Task LaunchAsync(IReadOnlyList<FaultAccount> accounts)
    {
        var redis = _majoritySide.Start(
            ExternalProgram.RedisServer.PathOrSkip(),
            _directory.Path,
            new Dictionary<string, string>(),
            ["--bind", MajorityAddress, "--protected-mode", "no", "--dir", _directory.Path, "--appendonly", "yes", "--save", ""]
        );
        _parts.Add(redis);
        await redis.WaitForOutputAsync(Containing("Ready to accept connections"), "Redis was ready");
        var simulator = _majoritySide.Start(
            "FlowGpt.Simulator",
            _directory.Path,
            new Dictionary<string, string> { ["ASPNETCORE_URLS"] = $"http://{UpstreamAddress}:8089" }
        );
        _parts.Add(simulator);
        await simulator.WaitForOutputAsync(Containing($"http://{UpstreamAddress}:8089"), "the simulator was ready");
        Upstream = _majoritySide.NewClient(new Uri($"http://{UpstreamAddress}:8089"));
        await WriteAccountsAsync(accounts);
        Majority = AddSilo("majority", _majoritySide, MajorityAddress);
        Minority = AddSilo("minority", _minoritySide, MinorityAddress);
    }

    private async Task WriteAccountsAsync(IReadOnlyList<FaultAccount> accounts)
    {
        var file = new JsonArray();
        foreach (var account in accounts)
        {
            var limits = new
            {
                account.MaxConcurrent,
                account.RequestsPerMinute,
                account.TokensPerMinute,
            };
            await SendAsync(HttpMethod.Put, $"/_sim/accounts/{account.Name}", new { limits });
            var minted = await SendAsync(HttpMethod.Post, "/_sim/tokens", new { account = account.Name });
            file.Add(
                JsonSerializer.SerializeToNode(
                    new
                    {
                        name = account.Name,
                        bearerToken = (string)minted["token"]!,
                        limits,
                    },
                    JsonSerializerOptions.Web
                )
            );
        }

        await File.WriteAllTextAsync(_directory.File("accounts.json"), new JsonObject { ["accounts"] = file }.ToJsonString());
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await Upstream.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private ClusterMember AddSilo(string name, NetworkNamespace side, string address)
    {
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = $"http://{address}:8080",
            ["REDIS_CONNECTION"] = $"{MajorityAddress}:6379",
            ["API_MASTER_KEY"] = FaultCluster.MasterKey,
            ["ADMIN_API_KEY"] = FaultCluster.AdminKey,
            ["FLOWGPT_ACCOUNTS_FILE"] = _directory.File("accounts.json"),
            ["FLOWGPT_BASE_URL"] = $"http://{UpstreamAddress}:8089",
            ["REQUEST_TIMEOUT"] = $"{PartitionTests.RequestTimeout.TotalSeconds:0}",
            ["FlowGpt__Silo__AdvertisedAddress"] = address,
        };
        var silo = new ClusterMember(name, 11111, "\"Ready on ", () => side.Start("FlowGpt.Silo", _directory.Path, settings));
        _parts.Add(silo);
        return silo;
    }

    private async Task<NetworkNamespace> AddNamespaceAsync()
    {
        var made = await NetworkNamespace.CreateAsync();
        _namespaces.Add(made);
        return made;
    }

    private static Uri Api(string address) => new($"http://{address}:8080");

    private static Func<string, string?> Containing(string text) =>
        output => output.Contains(text, StringComparison.Ordinal) ? output : null;
}
