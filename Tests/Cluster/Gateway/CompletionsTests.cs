using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The old <c>POST /v1/completions</c> through the whole product.</summary>
[Collection(SharedGateway.Name)]
public sealed class CompletionsTests(GatewayFixture fixture)
{
    [Theory]
    [InlineData("\"Say exactly: one two three\"", "")]
    [InlineData("[\"Say exactly: one two three\"]", ",\"max_tokens\":100")]
    public async Task Post_Prompt_IsCompleted(string prompt, string more)
    {
        var (status, text) = await PostAsync($$"""{"model":"gpt-4-free","prompt":{{prompt}}{{more}}}""");

        var completion = JsonNode.Parse(text)!;
        Assert.Equal(200, status);
        Assert.StartsWith("cmpl-", (string)completion["id"]!);
        Assert.Equal(
            ("text_completion", "one two three", "stop"),
            (
                (string)completion["object"]!,
                (string)completion["choices"]![0]!["text"]!,
                (string)completion["choices"]![0]!["finish_reason"]!
            )
        );
        Assert.True((int)completion["usage"]!["total_tokens"]! > 5);
    }

    [Fact]
    public async Task Post_NoLimit_EndsAfterSixteenTokens()
    {
        var (_, text) = await PostAsync("""{"model":"gpt-4-free","prompt":"Tell [[sim: tokens=60]]"}""");

        var completion = JsonNode.Parse(text)!;
        Assert.Equal("length", (string)completion["choices"]![0]!["finish_reason"]!);
        Assert.Equal(16, (int)completion["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task Post_StreamWithEchoAndStop_HasThePromptAndTheTextBeforeTheStop()
    {
        const string Prompt = "Say exactly: one two three";
        var (_, text) = await PostAsync(
            $$$"""{"model":"gpt-4-free","prompt":"{{{Prompt}}}","stream":true,"echo":true,"stop":"three","stream_options":{"include_usage":true}}"""
        );

        var frames = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var chunks = frames[..^1].Select(static frame => JsonNode.Parse(frame["data: ".Length..])!).ToList();
        Assert.Equal("data: [DONE]", frames[^1]);
        Assert.Equal(Prompt + "one two ", string.Concat(chunks[..^1].Select(static chunk => (string)chunk["choices"]![0]!["text"]!)));
        Assert.Equal("stop", (string)chunks[^2]["choices"]![0]!["finish_reason"]!);
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.True((int)chunks[^1]["usage"]!["completion_tokens"]! > 0);
    }

    [Theory]
    [InlineData("""{"model":"gpt-4-free"}""", "missing_required_parameter", "prompt")]
    [InlineData("""{"model":"gpt-4-free","prompt":["a","b"]}""", "unsupported_parameter", "prompt")]
    [InlineData("""{"model":"gpt-4-free","prompt":[1,2]}""", "unsupported_parameter", "prompt")]
    [InlineData("""{"model":"gpt-4-free","prompt":[[1,2]]}""", "invalid_type", "prompt")]
    [InlineData("""{"model":"gpt-4-free","prompt":"a","n":2}""", "unsupported_parameter", "n")]
    [InlineData("""{"model":"gpt-4-free","prompt":"a","suffix":"b"}""", "unsupported_parameter", "suffix")]
    [InlineData("""{"model":"gpt-4-free","prompt":"a","temperature":3}""", "decimal_above_max_value", "temperature")]
    public async Task Post_BadBody_NamesTheFieldAndTheProblem(string body, string code, string param)
    {
        var (status, text) = await PostAsync(body);

        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal((400, code, param), (status, (string)error["code"]!, (string)error["param"]!));
    }

    private async Task<(int Status, string Text)> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await fixture.Gateway.Http.PostAsync("/v1/completions", content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
