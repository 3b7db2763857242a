using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A provider that supports strict schemas and breaks one: the reply never ends as a complete one.</summary>
public sealed class StrictFormatTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    private const string Schema =
        """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";

    [Theory]
    [InlineData(AnthropicPoolFixture.Compatible)]
    [InlineData(AnthropicPoolFixture.Claude)]
    public async Task Strict_ABrokenReply_Is502OrEndsWithAnError_InChatAndResponses(string model)
    {
        const string Broken = """Say exactly: {"city":1}""";
        var chat =
            $$$"""{"model":"{{{model}}}","messages":[{"role":"user","content":{{{JsonValue.Create(Broken).ToJsonString()}}}}],"response_format":{"type":"json_schema","json_schema":{"name":"x","strict":true,"schema":{{{Schema}}}}}""";
        var responses =
            $$$"""{"model":"{{{model}}}","input":{{{JsonValue.Create(Broken).ToJsonString()}}},"text":{"format":{"type":"json_schema","name":"x","strict":true,"schema":{{{Schema}}}}}""";

        var whole = await PostAsync("/v1/chat/completions", chat + "}");
        var streamed = await PostAsync("/v1/chat/completions", chat + ",\"stream\":true}");
        var response = await PostAsync("/v1/responses", responses + "}");
        var events = await PostAsync("/v1/responses", responses + ",\"stream\":true}");
        var loose = await PostAsync("/v1/chat/completions", chat.Replace("\"strict\":true,", "", StringComparison.Ordinal) + "}");

        Assert.All([whole, response], static answer => Assert.True(answer.Status == 502, answer.Text));
        Assert.Contains("not in the format", whole.Text, StringComparison.Ordinal);
        Assert.Contains("\"error\"", streamed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", streamed.Text, StringComparison.Ordinal);
        Assert.Contains("response.failed", events.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("response.completed", events.Text, StringComparison.Ordinal);
        Assert.True(loose.Status == 200, loose.Text);
    }

    private async Task<(int Status, string Text)> PostAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var answer = await fixture.Gateway.SendAsync(request);
        var text = new StringBuilder();
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var read)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (HttpRequestException)
        {
            // A stream of Chat that fails is cut off after its error.
        }
        catch (IOException)
        {
            // The same failure as other platforms report it.
        }

        return ((int)answer.StatusCode, text.ToString());
    }
}
