using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;

namespace FlowGpt.Tests.Process.Conversations;

/// <summary>
/// <c>kill -9</c> with one completed and one running response: the next process shows the first one with the same bytes, and the second one as far as it was written, as
/// incomplete.
/// </summary>
[Trait("Category", "Process")]
public sealed class KeptResponseTests
{
    private const string Key = "sk-client-key-of-this-test";

    // The longest time without a checkpoint (a second), the time between two checks, and delays of a busy machine.
    private static readonly TimeSpan LostAtMost = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan TokenDelay = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Kill_MidResponse_LeavesEveryResponseAsFarAsItWasWritten()
    {
        using var directory = new TemporaryDirectory();
        await using var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions
            {
                Behaviour = new BehaviourSettings { TokenDelay = TokenDelay, ReplyTokens = 400 },
            },
            TestContext.Current.CancellationToken
        );
        var environment = await EnvironmentAsync(directory, simulator);
        string whole;
        string wholeId;
        string halfId;
        List<string> seen;
        await using (var first = (await SiloProcess.StartAsync(directory, environment)).UseKey(Key))
        {
            (wholeId, whole) = await CreateAsync(first, "Say exactly: The code word is maple.");
            using var half = await OpenAsync(first, "Tell of the sea.");
            (halfId, seen) = await ReadAsync(half, frames: 90);
            await first.Host.KillAsync();
        }

        await using var second = (await SiloProcess.StartAsync(directory, environment)).UseKey(Key);
        var again = await GetAsync(second, $"/v1/responses/{wholeId}?stream=true");
        var shown = JsonNode.Parse((await GetAsync(second, $"/v1/responses/{halfId}")).Body)!;
        var left = (await GetAsync(second, $"/v1/responses/{halfId}?stream=true")).Body.Split(
            "\n\n",
            StringSplitOptions.RemoveEmptyEntries
        );
        var beyond = await GetAsync(second, $"/v1/responses/{halfId}?stream=true&starting_after=5000");
        var (_, next) = await CreateAsync(second, "Say exactly: still here", previous: wholeId);
        Assert.Equal(0, await second.Host.StopAsync());

        Assert.Equal(whole, again.Body);
        Assert.Equal("incomplete", (string?)shown["status"]);
        Assert.Equal("interrupted", (string?)shown["incomplete_details"]!["reason"]);
        Assert.True((int)shown["usage"]!["input_tokens"]! > 0);
        Assert.True((int)shown["usage"]!["output_tokens"]! > 0);
        Assert.Equal(shown["usage"]!.ToJsonString(), JsonNode.Parse(left[^2].Split("data: ")[1])!["response"]!["usage"]!.ToJsonString());
        var deltas = left.TakeWhile(static frame => !frame.StartsWith("event: response.output_text.done\n", StringComparison.Ordinal))
            .ToArray();
        Assert.Single(
            left,
            static frame =>
                frame.StartsWith("event: response.output_item.done\n", StringComparison.Ordinal)
                && frame.Contains("\"status\":\"incomplete\"", StringComparison.Ordinal)
        );
        Assert.All(deltas.Zip(seen), static pair => Assert.Equal(pair.Second, pair.First));
        Assert.InRange(deltas.Length, seen.Count - (int)(LostAtMost / TokenDelay), seen.Count + (int)(LostAtMost / TokenDelay));
        Assert.Contains(left, static frame => frame.StartsWith("event: response.incomplete\n", StringComparison.Ordinal));
        Assert.Equal(400, beyond.Status);
        Assert.Contains("event_lost", beyond.Body, StringComparison.Ordinal);
        Assert.Contains("still here", next, StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string>> EnvironmentAsync(TemporaryDirectory directory, SimulatorHost simulator)
    {
        var accounts = new JsonObject
        {
            ["accounts"] = new JsonArray(new JsonObject { ["name"] = "a1", ["bearerToken"] = simulator.IssueToken("a1") }),
        };
        await File.WriteAllTextAsync(directory.File("accounts.json"), accounts.ToJsonString());
        return new Dictionary<string, string>
        {
            ["API_MASTER_KEY"] = Key,
            ["ADMIN_API_KEY"] = Key + "-admin",
            ["FLOWGPT_ACCOUNTS_FILE"] = directory.File("accounts.json"),
            ["FLOWGPT_BASE_URL"] = simulator.Address.ToString(),
        };
    }

    private static async Task<HttpResponseMessage> OpenAsync(SiloProcess silo, string input, string? previous = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses");
        var body = new JsonObject
        {
            ["model"] = "gpt-4-free",
            ["input"] = input,
            ["stream"] = true,
            ["previous_response_id"] = previous,
        };
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var response = await silo.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);
        return response;
    }

    private static async Task<(string Id, string Stream)> CreateAsync(SiloProcess silo, string input, string? previous = null)
    {
        using var response = await OpenAsync(silo, input, previous);
        var stream = await response.Content.ReadAsStringAsync();
        return (IdOf(stream.Split("\n\n")[0]), stream);
    }

    /// <summary>Reads so many events of a stream, as they come.</summary>
    private static async Task<(string Id, List<string> Frames)> ReadAsync(HttpResponseMessage response, int frames)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var read = new List<string>();
        while (read.Count < frames)
        {
            var type = await reader.ReadLineAsync();
            if (type!.StartsWith("event: ", StringComparison.Ordinal))
            {
                read.Add($"{type}\n{await reader.ReadLineAsync()}");
            }
        }

        return (IdOf(read[0]), read);
    }

    private static string IdOf(string created) => (string)JsonNode.Parse(created.Split('\n')[1]["data: ".Length..])!["response"]!["id"]!;

    private static async Task<(int Status, string Body)> GetAsync(SiloProcess silo, string path)
    {
        using var response = await silo.Http.GetAsync(new Uri(path, UriKind.Relative));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
