using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Gateway;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process.Faults;

namespace FlowGpt.Tests.Process.Cluster;

/// <summary>A split cluster of real processes as <c>eng/cluster.sh</c> makes it: redis-server, two silos, two API processes, nginx.</summary>
[Trait("Category", "Process")]
public sealed class ClusterScriptTests
{
    [Fact]
    public async Task Cluster_Started_ServesThroughEveryProcessAndItsRestart_AndLeavesNothingWhenStopped()
    {
        ClusterScript.SkipUnlessInstalled();
        using var directory = new TemporaryDirectory();
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(directory.File("accounts.json"), AccountsFile(simulator));
        var script = new ClusterScript(
            directory.Path,
            new Dictionary<string, string>
            {
                ["FLOWGPT_BASE_URL"] = simulator.Address.ToString(),
                ["FLOWGPT_ACCOUNTS_FILE"] = directory.File("accounts.json"),
            }
        );
        try
        {
            var (code, said) = await script.RunAsync("start");
            Assert.True(code == 0, said);
            using var client = await ClientAsync(script);

            await ChatAsync(client, "before");
            await AskOverSocketsAsync(script);
            Assert.StartsWith("-NOAUTH", await AskRedisAsync(script.BasePort), StringComparison.Ordinal);
            await RestartUnderLoadAsync(script);
            await ChatAsync(client, "after");

            (code, said) = await script.RunAsync("status");
            Assert.True(code == 0, said);
            Assert.All(
                ["redis", "silo-1", "silo-2", "api-1", "api-2", "nginx"],
                name => Assert.Contains($"{name}  runs", said, StringComparison.Ordinal)
            );
            (code, said) = await script.RunAsync("start");
            Assert.Equal(1, code);
            Assert.Contains("has a cluster already", said, StringComparison.Ordinal);
        }
        finally
        {
            var (code, said) = await script.RunAsync("stop");
            Assert.True(code == 0, said);
        }

        Assert.Contains("nothing runs", (await script.RunAsync("status")).Said, StringComparison.Ordinal);
        using var gone = new HttpClient(new SocketsHttpHandler()) { BaseAddress = script.Address };
        await Assert.ThrowsAsync<HttpRequestException>(() => gone.GetAsync("/health/proxy"));
    }

    [Fact]
    public async Task Start_WithoutABuild_SaysHowToMakeOne()
    {
        ClusterScript.SkipUnlessInstalled();
        using var directory = new TemporaryDirectory();
        var script = new ClusterScript(directory.Path, new Dictionary<string, string> { ["BIN"] = directory.Path });

        var (code, said) = await script.RunAsync("start");

        Assert.Equal(1, code);
        Assert.Contains("Build it with: dotnet build -c Release", said, StringComparison.Ordinal);
    }

    /// <summary>Restarts every process in turn; no request fails.</summary>
    private static async Task RestartUnderLoadAsync(ClusterScript script)
    {
        // A connection for each request: nginx closes the idle ones of clients whenever it is told of other servers.
        var handler = new WithKey(await KeyAsync(script))
        {
            InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero },
        };
        var client = new HttpClient(handler) { BaseAddress = script.Address, Timeout = Timeout.InfiniteTimeSpan };
        await using var load = await ContinuousLoad.StartAsync(client, TimeSpan.FromSeconds(120), clients: 8, seed: 1);

        foreach (var name in (string[])["api-1", "api-2", "silo-1", "silo-2"])
        {
            await load.UntilStreamsAsync(2);
            var (code, said) = await script.RunAsync("restart", name);
            Assert.True(code == 0, said);
            Assert.DoesNotContain("stopped now", said, StringComparison.Ordinal);
        }

        await load.StopAsync();
        Assert.True(load.Requests.All(request => request.IsServed), script.Explain(load.Requests.Where(request => !request.IsServed)));
    }

    private static async Task<string> KeyAsync(ClusterScript script) =>
        (await File.ReadAllTextAsync(Path.Combine(script.State, "API_MASTER_KEY"))).Trim();

    /// <summary>Two turns over WebSockets through nginx: connections are spread over the API processes, and each finds what another has stored.</summary>
    private static async Task AskOverSocketsAsync(ClusterScript script)
    {
        var key = await KeyAsync(script);
        string? previous = null;
        foreach (
            var input in (string[])["The code word: alder-socket. Remember it.", "What is the code word?", "What is the code word? Again."]
        )
        {
            using var socket = await ResponsesSocketClient.ConnectAsync(script.Address, key);
            var ask = new JsonObject
            {
                ["type"] = "response.create",
                ["model"] = "claude-instant",
                ["input"] = input,
                ["previous_response_id"] = previous,
            };
            var events = await ResponsesSocketClient.AskAsync(socket, ask);

            Assert.Equal("response.completed", ResponsesSocketClient.TypeOf(events[^1]));
            if (previous is not null)
            {
                Assert.Contains("alder-socket", events[^1]["response"]!["output"]!.ToJsonString(), StringComparison.Ordinal);
            }

            previous = (string?)events[^1]["response"]!["id"];
        }
    }

    private static async Task<string> AskRedisAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
        var answer = new byte[64];
        var read = await client.GetStream().ReadAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        return Encoding.ASCII.GetString(answer, 0, read);
    }

    private static async Task<HttpClient> ClientAsync(ClusterScript script)
    {
        var key = await KeyAsync(script);
        var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = script.Address, Timeout = ProcessHost.Deadline };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    // More than there are processes, so that each has its share.
    private static async Task ChatAsync(HttpClient client, string marker)
    {
        for (var i = 0; i < 6; i++)
        {
            using var response = await client.PostAsJsonAsync(
                "/v1/chat/completions",
                new
                {
                    model = "claude-instant",
                    stream = i % 2 == 1,
                    messages = new[] { new { role = "user", content = $"{marker}-{i}" } },
                }
            );
            var body = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.OK, body);
            Assert.Contains(i % 2 == 1 ? "data: [DONE]" : "\"finish_reason\":\"stop\"", body, StringComparison.Ordinal);
        }
    }

    private static string AccountsFile(SimulatorHost simulator) =>
        JsonSerializer.Serialize(
            new { accounts = new[] { "first", "second" }.Select(name => new { name, bearerToken = simulator.IssueToken(name) }) }
        );

    /// <summary>Gives every request this key instead of its own.</summary>
    private sealed class WithKey(string key) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
