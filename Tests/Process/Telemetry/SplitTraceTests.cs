using System.Text.Json.Nodes;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Gateway;
using FlowGpt.Tests.Cluster.Storage;

namespace FlowGpt.Tests.Process.Telemetry;

/// <summary>A request that crosses processes: the API and a silo, each pushing its spans to the same collector.</summary>
[Trait("Category", "Process")]
public sealed class SplitTraceTests
{
    private const string Key = "sk-client-key-of-the-cluster";

    [Fact]
    public async Task Chat_ThroughApiAndSilo_IsOneTrace_AndBothPushMetrics()
    {
        using var directory = new TemporaryDirectory();
        await using var redis = await RedisProcess.StartAsync(directory.Path);
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        await using var receiver = await OtlpReceiver.StartAsync();
        await File.WriteAllTextAsync(directory.File("accounts.json"), AccountsFile(simulator.IssueToken("a1")));
        var environment = new Dictionary<string, string>(receiver.Settings)
        {
            ["REDIS_CONNECTION"] = redis.Connection,
            ["API_MASTER_KEY"] = Key,
            ["ADMIN_API_KEY"] = Key + "-admin",
            ["FLOWGPT_ACCOUNTS_FILE"] = directory.File("accounts.json"),
            ["FLOWGPT_BASE_URL"] = simulator.Address.ToString(),
            ["FlowGpt__Silo__Api"] = "false",
            ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
            ["FlowGpt__Silo__SiloPort"] = $"{LoopbackPort.Free()}",
            ["FlowGpt__Silo__GatewayPort"] = $"{LoopbackPort.Free()}",
        };
        await using var silo = await SiloProcess.StartAsync(directory, environment);
        await using var api = (await ApiProcess.StartAsync(directory.Path, environment)).UseKey(Key);

        using var request = new ChatBody("Say exactly: one") { Stream = true }.ToRequest();
        using var response = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains(
            "[DONE]",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.Equal(0, await api.Host.StopAsync());
        Assert.Equal(0, await silo.Host.StopAsync());

        var traceId = Assert.Single(receiver.Spans, static span => span.Kind == 2).TraceId;
        var trace = receiver.Spans.Where(span => span.TraceId == traceId).ToDictionary(static span => span.Id);
        var call = Assert.Single(
            trace.Values,
            static span => span is { Source: "System.Net.Http" } && span["url.full"]!.EndsWith("/v3/chat", StringComparison.Ordinal)
        );
        // From the span of the upstream call up to the server's span, over two processes.
        Assert.Equal(
            ["flowgpt-silo", "flowgpt-silo", "flowgpt-silo", "flowgpt-api"],
            Ancestry(trace, call).Select(static span => span.Service)
        );
        Assert.Equal("POST /v1/chat/completions", Ancestry(trace, call).Last().Name);
        Assert.True(receiver.MetricBodies > 1);
    }

    private static IEnumerable<ExportedSpan> Ancestry(Dictionary<string, ExportedSpan> trace, ExportedSpan span)
    {
        for (var at = span; at is not null; at = trace.GetValueOrDefault(at.ParentId))
        {
            yield return at;
        }
    }

    private static string AccountsFile(string token) =>
        new JsonObject { ["accounts"] = new JsonArray(new JsonObject { ["name"] = "a1", ["bearerToken"] = token }) }.ToJsonString();
}
