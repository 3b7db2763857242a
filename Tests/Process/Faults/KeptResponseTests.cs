using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>A background response does not depend on the process that accepted the request: any other API process continues its stream.</summary>
[Collection(FaultTests.Name), Trait("Category", "Process")]
public sealed class KeptResponseTests(SharedFaultCluster shared)
{
    private const int SeenBefore = 12;

    [Fact]
    public async Task KillOfAFrontend_MidStream_AnotherGoesOnWithTheNextEvent()
    {
        var cluster = await shared.GetAsync();
        await cluster.MakeWholeAsync();
        var marker = $"kept{TimeProvider.System.GetTimestamp():x}";
        using var first = NewClient(cluster.Frontends[0]);
        using var second = NewClient(cluster.Frontends[1]);
        using var opened = await OpenAsync(first, $"{marker} [[sim: tokens=60 flush per=50ms]]");
        using var reader = new StreamReader(await opened.Content.ReadAsStreamAsync());
        var seen = new List<string>();
        while (seen.Count < SeenBefore)
        {
            seen.Add(await ReadFrameAsync(reader));
        }

        await cluster.Frontends[0].KillAsync();
        var id = (string)JsonNode.Parse(seen[0].Split("data: ")[1])!["response"]!["id"]!;
        var rest = await GetAsync(second, $"/v1/responses/{id}?stream=true&starting_after={SeenBefore - 1}");
        var whole = await GetAsync(second, $"/v1/responses/{id}?stream=true");
        await cluster.MakeWholeAsync();

        Assert.StartsWith("event: response.created\n", seen[0], StringComparison.Ordinal);
        Assert.Equal(whole, seen.Concat(rest));
        Assert.Contains(whole, static frame => frame.StartsWith("event: response.completed\n", StringComparison.Ordinal));
        Assert.Single(cluster.Simulator.Truth.Exchanges(), exchange => exchange.Question.Contains(marker, StringComparison.Ordinal));
    }

    private static HttpClient NewClient(ClusterMember frontend)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{frontend.Port}"),
            Timeout = FaultCluster.Deadline,
        };
        client.DefaultRequestHeaders.Authorization = new("Bearer", FaultCluster.MasterKey);
        return client;
    }

    private static async Task<HttpResponseMessage> OpenAsync(HttpClient client, string input)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses");
        var body = new JsonObject
        {
            ["model"] = FaultCluster.Model,
            ["input"] = input,
            ["stream"] = true,
            ["background"] = true,
        };
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);
        return response;
    }

    private static async Task<string> ReadFrameAsync(StreamReader reader)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync() ?? throw new InvalidOperationException("The stream ended.");
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                return $"{line}\n{await reader.ReadLineAsync()}";
            }
        }
    }

    private static async Task<string[]> GetAsync(HttpClient client, string path)
    {
        var text = await client.GetStringAsync(new Uri(path, UriKind.Relative));
        return
        [
            .. text.Replace(": ping\n", "", StringComparison.Ordinal)
                .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Where(static frame => frame.StartsWith("event: ", StringComparison.Ordinal)),
        ];
    }
}
