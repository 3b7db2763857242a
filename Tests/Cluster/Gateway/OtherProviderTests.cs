using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A pool of an OpenAI-compatible server beside one of FlowGPT accounts.</summary>
public sealed class OtherProviderTests(OtherProviderTests.Fixture fixture) : IClassFixture<OtherProviderTests.Fixture>
{
    [Fact]
    public async Task APoolWithDiscovery_OffersItsModelsAndServesThem()
    {
        var gateway = fixture.Gateway;

        var models = await Soon.Becomes(
            () => ModelsAsync(gateway),
            static models => models.ContainsKey("local/sim-large"),
            "the provider's models are listed"
        );
        var before = gateway.Simulator.Truth.Account("k1").Accepted;
        Assert.Equal(200_000, (int)models["sim-large"]!["context_window"]!);
        Assert.Equal("Echo: hi", (await gateway.ServeAsync(new ChatBody("hi") { Model = "local/sim-large" })).Text);
        Assert.Equal("Echo: hi", (await gateway.ServeAsync(new ChatBody("hi") { Model = "sim-large" })).Text);
        Assert.Equal(2, gateway.Simulator.Truth.Account("k1").Accepted - before);

        var tools = new ChatBody("hi")
        {
            Fields = new JsonObject { ["tools"] = Tools(), ["tool_choice"] = "required" },
        };
        Assert.Equal("tool_calls", (await gateway.ServeAsync(tools with { Model = "smart" })).FinishReason);
        Assert.Equal("tool_calls", (await gateway.ServeAsync(tools)).FinishReason);
    }

    [Fact]
    public async Task ARouteWhoseFirstPoolIsDown_IsServedByTheNext()
    {
        var gateway = fixture.Gateway;

        var before = gateway.Simulator.Truth.Account("a1").Accepted;

        var answer = await gateway.ServeAsync(new ChatBody("Say exactly: next") { Model = "fallback" });

        Assert.Equal("next", answer.Text);
        Assert.Equal(1, gateway.Simulator.Truth.Account("a1").Accepted - before);
    }

    [Fact]
    public async Task Embeddings_InEveryFormat_AreTheSameNumbers()
    {
        var gateway = fixture.Gateway;

        var before = gateway.Simulator.Truth.Account("k1").Accepted;

        var (_, floats) = await EmbedAsync(gateway, """{"model":"embed","input":["a","b"],"dimensions":8}""");
        var (_, base64) = await EmbedAsync(gateway, """{"model":"embed","input":["a","b"],"dimensions":8,"encoding_format":"base64"}""");
        var (tokens, _) = await EmbedAsync(gateway, """{"model":"embed","input":[[1,2,3],[4]],"encoding_format":"float"}""");
        var (half, _) = await EmbedAsync(gateway, """{"model":"embed","input":["a\ud83d"]}""");
        var (empty, badInput) = await EmbedAsync(gateway, """{"model":"embed","input":["a",""]}""");
        var (refused, byField) = await EmbedAsync(gateway, $$"""{"model":"{{Gateway.Model}}","input":"a"}""");

        Assert.Equal(200, half);
        Assert.Equal(2, floats["data"]!.AsArray().Count);
        for (var i = 0; i < 2; i++)
        {
            var bytes = Convert.FromBase64String((string)base64["data"]![i]!["embedding"]!);
            var numbers = floats["data"]![i]!["embedding"]!.AsArray().Select(static number => (float)number!);
            Assert.Equal(numbers, Enumerable.Range(0, 8).Select(at => BitConverter.ToSingle(bytes, at * sizeof(float))));
        }

        Assert.Equal((200, 400, 400), (tokens, empty, refused));
        Assert.Equal("input[1]", (string?)badInput["error"]!["param"]);
        Assert.Equal(("unsupported_parameter", "model"), ((string?)byField["error"]!["code"], (string?)byField["error"]!["param"]));
        Assert.Equal(4, gateway.Simulator.Truth.Account("k1").Accepted - before);
    }

    /// <summary>One gateway for all of them.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal Gateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await Gateway.StartWithFileAsync(File);

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }

    private static object File(SimulatorHost simulator) =>
        new
        {
            pools = new
            {
                local = Pool(simulator.OpenAiAddress.ToString().TrimEnd('/'), discover: true),
                // The discard port: nothing listens there.
                down = Pool("http://127.0.0.1:9/v1", discover: false),
            },
            accounts = new object[]
            {
                new { name = "a1", bearerToken = simulator.IssueToken("a1") },
                Key("k1", "local", simulator.IssueApiKey("k1")),
                Key("d1", "down", "sk-nobody"),
            },
            models = new object[]
            {
                Model("smart", Target("flowgpt", "simulated-persona-001", 0), Target("local", "sim-large", 0)),
                Model("fallback", Target("down", "any", 0), Target("flowgpt", "simulated-persona-001", 1)),
                Model("embed", Target("local", "sim-embed", 0)),
                Model(Gateway.Model, Target("flowgpt", "simulated-persona-002", 0)),
            },
        };

    private static object Pool(string baseUrl, bool discover) =>
        new
        {
            kind = "openai",
            baseUrl,
            discover,
        };

    private static object Key(string name, string pool, string apiKey) =>
        new
        {
            name,
            pool,
            apiKey,
        };

    private static object Model(string id, params object[] targets) => new { id, targets };

    private static object Target(string pool, string model, int order) =>
        new
        {
            pool,
            model,
            order,
        };

    private static JsonArray Tools() =>
        new(
            JsonNode.Parse(
                """{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{"at":{"type":"string"}},"required":["at"]}}}"""
            )
        );

    private static async ValueTask<Dictionary<string, JsonNode?>> ModelsAsync(Gateway gateway)
    {
        var list = JsonNode.Parse(await gateway.Http.GetStringAsync("/v1/models", TestContext.Current.CancellationToken))!;
        return list["data"]!.AsArray().ToDictionary(static model => (string)model!["id"]!);
    }

    private static async Task<(int Status, JsonNode Body)> EmbedAsync(Gateway gateway, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await gateway.Http.PostAsync("/v1/embeddings", content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }
}
