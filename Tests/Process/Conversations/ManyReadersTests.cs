using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Process.Conversations;

/// <summary>A thousand readers of one response that is being made: each has every byte, and the upstream is asked once.</summary>
[Trait("Category", "Process")]
public sealed class ManyReadersTests
{
    private const int Readers = 1000;

    [Fact]
    public async Task Response_WhileItRuns_IsReadWholeByEveryOfAThousandReaders()
    {
        await using var silo = await KeptSilo.StartAsync();
        var (_, accepted) = await silo.PostAsync(
            "/v1/responses",
            new JsonObject
            {
                ["model"] = "flowgpt-free",
                ["background"] = true,
                ["input"] = "Tell a story [[sim: tokens=40 flush per=50ms]]",
            }
        );
        var id = (string)JsonNode.Parse(accepted)!["id"]!;

        var texts = await Task.WhenAll(
            Enumerable
                .Range(0, Readers)
                .Select(i => ReadAsync(silo.Http, $"/v1/responses/{id}?stream=true{(i % 2 == 0 ? "" : "&starting_after=9")}"))
        );

        var whole = texts[0];
        var rest = whole[(whole.IndexOf("\"sequence_number\":9,", StringComparison.Ordinal) + 1)..];
        rest = rest[(rest.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        Assert.Contains("event: response.completed\n", whole, StringComparison.Ordinal);
        Assert.All(texts.Where(static (_, i) => i % 2 == 0), text => Assert.Equal(whole, text));
        Assert.All(texts.Where(static (_, i) => i % 2 == 1), text => Assert.Equal(rest, text));
    }

    private static async Task<string> ReadAsync(HttpClient client, string path) =>
        (await client.GetStringAsync(new Uri(path, UriKind.Relative))).Replace(": ping\n", "", StringComparison.Ordinal);
}
