using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Forms of answers and requests at which clients are known to fail, on a text-only, an OpenAI-compatible and an Anthropic upstream; <c>docs/api-compatibility.md</c> has the list.</summary>
public sealed class TrapTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    private const string CitySchema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";
    private const string Weather =
        """{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}""";

    public static TheoryData<string> Models { get; } = [Gateway.Model, AnthropicPoolFixture.Compatible, AnthropicPoolFixture.Claude];

    [Theory, MemberData(nameof(Models))]
    public async Task ChatStream_HasDataLinesAloneAndNoUsageUnaskedFor(string model)
    {
        var text = await ServeAsync(
            "/v1/chat/completions",
            $$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"hi"}]}"""
        );

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, static line => Assert.True(line.StartsWith("data: ", StringComparison.Ordinal) || line == ": ping", line));
        Assert.Equal("data: [DONE]", lines[^1]);
        Assert.DoesNotContain("\"usage\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("tool_calls", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"choices\":[]", text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task ChatStream_UsageThatIsAskedFor_IsOneChunkWithoutChoices(string model)
    {
        var text = await ServeAsync(
            "/v1/chat/completions",
            $$"""{"model":"{{model}}","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}"""
        );

        var chunks = ChunksOf(text);
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.NotNull(chunks[^1]["usage"]);
        Assert.All(chunks[..^1], static chunk => Assert.True(chunk.AsObject().ContainsKey("usage") && chunk["usage"] is null));
        Assert.Single(chunks.Select(static chunk => chunk["system_fingerprint"]?.ToJsonString()).Distinct());
    }

    [Theory, MemberData(nameof(Models))]
    public async Task ChatStream_ToolCalls_HaveIndexIdAndNameInTheirFirstDeltaAlone(string model)
    {
        var text = await ServeAsync(
            "/v1/chat/completions",
            $$"""{"model":"{{model}}","stream":true,"tools":[{{Weather}}],"messages":[{"role":"user","content":"Use get_weather for Oslo"}]}"""
        );

        var deltas = ChunksOf(text)
            .Where(static chunk => chunk["choices"]!.AsArray().Count > 0)
            .SelectMany(static chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]?.AsArray() ?? [])
            .ToArray();
        Assert.All(deltas, static delta => Assert.Equal(0, (int)delta!["index"]!));
        Assert.Equal("get_weather", (string?)deltas[0]!["function"]!["name"]);
        Assert.False(string.IsNullOrEmpty((string?)deltas[0]!["id"]));
        Assert.All(deltas[1..], static delta => Assert.True(delta!["id"] is null && delta["function"]!["name"] is null));
        Assert.Contains("\"finish_reason\":\"tool_calls\"", text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Chat_EveryKnobAsNullAndEmptyParts_IsServed(string model)
    {
        var text = await ServeAsync(
            "/v1/chat/completions",
            $$"""
            {"model":"{{model}}","n":null,"stop":null,"tools":[],"tool_choice":null,"temperature":null,"top_p":null,"seed":null,"logprobs":null,"top_logprobs":null,
             "response_format":null,"stream_options":null,"max_tokens":null,"max_completion_tokens":20,"user":null,"metadata":null,"store":null,"functions":null,
             "messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"Say exactly: nulls"}]}]}
            """
        );

        Assert.Equal("nulls", (string?)WireForm.Chat(text)["content"]);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Chat_CallWithoutItsResult_DoesNotBlockTheConversation(string model)
    {
        const string Calls = """{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}""";
        var text = await ServeAsync(
            "/v1/chat/completions",
            $$"""
            {"model":"{{model}}","tools":[{{Weather}}],"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":null,"tool_calls":[{{Calls}}]},
             {"role":"user","content":"Say exactly: going on"}]}
            """
        );

        Assert.Equal("going on", (string?)WireForm.Chat(text)["content"]);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Messages_ResultAfterTextInOneMessage_IsServed(string model)
    {
        var text = await ServeAsync(
            "/v1/messages",
            $$"""
            {"model":"{{model}}","max_tokens":50,"tools":[{"name":"get_weather","input_schema":{"type":"object"} }],
             "messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{} }]},
             {"role":"user","content":[{"type":"text","text":"Say exactly: mixed"},{"type":"tool_result","tool_use_id":"toolu_1","content":"rain"}]}]}
            """
        );

        Assert.NotEmpty(WireForm.Message(text)["content"]!.AsArray());
    }

    [Theory, MemberData(nameof(Models))]
    public async Task MessagesStream_ToolAlone_IsOneBlockAndSaysToolUse(string model)
    {
        var text = await ServeAsync(
            "/v1/messages",
            $$"""
            {"model":"{{model}}","max_tokens":50,"stream":true,"tools":[{"name":"get_weather","input_schema":{{CitySchema}} }],
             "messages":[{"role":"user","content":"Use get_weather for Oslo"}]}
            """
        );

        var (blocks, delta) = WireForm.MessageStream(text);
        Assert.Equal(["tool_use"], blocks);
        Assert.Equal("tool_use", (string?)delta["stop_reason"]);
        Assert.Contains("\"content\":[]", text.Split("\n\n")[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData(null)]
    public async Task Chat_ContentTypeWithCharsetOrNone_IsServed(string? type)
    {
        using var content = new ByteArrayContent(
            Encoding.UTF8.GetBytes($$"""{"model":"{{Gateway.Model}}","messages":[{"role":"user","content":"Say exactly: ✓ 𝄞"}]}""")
        );
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var response = await fixture.Gateway.Http.PostAsync("/v1/chat/completions", content, TestContext.Current.CancellationToken);

        Assert.Equal("✓ 𝄞", (string?)WireForm.Chat(await response.Content.ReadAsStringAsync())["content"]);
    }

    private static JsonNode[] ChunksOf(string stream) =>
        [
            .. stream
                .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(static frame => frame.Replace(": ping\n", "", StringComparison.Ordinal))
                .Where(static frame => frame.StartsWith("data: {", StringComparison.Ordinal))
                .Select(static frame => JsonNode.Parse(frame["data: ".Length..])!),
        ];

    private async Task<string> ServeAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var response = await fixture.Gateway.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == 200, text);
        return text;
    }
}
