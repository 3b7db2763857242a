using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace FlowGpt.Tests.Unit.Simulator.Discovery;

public sealed class DiscoveryEndpointTests
{
    [Fact]
    public async Task Search_Query_GivesABareArrayWithTheKnownFields()
    {
        await using var client = await SimulatorClient.StartAsync();

        var found = await GetAsync(client, "/prompt/search?query=gpt-4&threshold=0.8&language=&nsfw=false&take=20&skip=0");

        var persona = Assert.Single(found.EnumerateArray());
        Assert.Equal("uzNcMUGo4sOwl4GFvRpm8", persona.GetProperty("id").GetString());
        Assert.Equal("simulated", persona.GetProperty("Tag")[0].GetProperty("name").GetString());
        Assert.Equal("simulator", persona.GetProperty("User").GetProperty("name").GetString());
        Assert.Equal(1, client.Host.Truth.Snapshot().Global.DiscoveryCalls);
    }

    [Fact]
    public async Task Search_TakeAndSkip_PageThroughEverything()
    {
        await using var client = await SimulatorClient.StartAsync();

        var ids = new List<string>();
        for (var skip = 0; skip < 120; skip += 20)
        {
            var page = await GetAsync(client, $"/prompt/search?nsfw=true&take=20&skip={skip}");
            ids.AddRange(page.EnumerateArray().Select(persona => persona.GetProperty("id").GetString()!));
        }

        Assert.Equal((100, 100), (ids.Count, ids.Distinct().Count()));
    }

    [Fact]
    public async Task Trpc_Batch_Gives36APage()
    {
        await using var client = await SimulatorClient.StartAsync();
        var input = Uri.EscapeDataString("""{"0":{"json":{"skip":36,"tag":null,"sort":null,"q":"","language":"en"}}}""");

        var batch = await GetAsync(client, "/api/trpc/prompt.getPrompts?batch=1&input=" + input);

        Assert.Equal(36, batch[0].GetProperty("result").GetProperty("data").GetProperty("json").GetArrayLength());
    }

    [Fact]
    public async Task Prompt_ById_IsFoundOrNot()
    {
        await using var client = await SimulatorClient.StartAsync();

        var prompt = await GetAsync(client, "/prompt/claude-instant/");
        using var missing = await client.Http.GetAsync("/prompt/nobody/", SimulatorClient.Deadline);

        Assert.Equal("Claude Instant", prompt.GetProperty("prompt").GetProperty("title").GetString());
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Theory]
    [InlineData("/prompt/search?take=x", HttpStatusCode.BadRequest)]
    [InlineData("/api/trpc/prompt.getPrompts?input=x", HttpStatusCode.BadRequest)]
    [InlineData("/v2/chat", HttpStatusCode.NotFound)]
    public async Task Call_ThatTheUpstreamDoesNotKnow_IsRefused(string path, HttpStatusCode status)
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.Http.GetAsync(path, SimulatorClient.Deadline);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.NotFound ? 1 : 0, client.Host.Truth.Snapshot().Global.UnknownCalls);
    }

    private static Task<JsonElement> GetAsync(SimulatorClient client, string path) =>
        client.Http.GetFromJsonAsync<JsonElement>(path, SimulatorClient.Deadline);
}
