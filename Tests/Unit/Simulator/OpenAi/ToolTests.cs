using System.Text.Json;
using OpenAI.Chat;

namespace FlowGpt.Tests.Unit.Simulator.OpenAi;

/// <summary>Tools and structured output.</summary>
public sealed class ToolTests
{
    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":3}},"required":["city"]}}},{"type":"function","function":{"name":"get_time"}},{"type":"custom","custom":{"name":"note"}}]
        """;

    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool(
        "get_weather",
        "tells the weather",
        BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""")
    );

    [Fact]
    public async Task Sdk_ToolLoop_CallsTheToolAndRepliesWithItsResult()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        var chat = client.Sdk().GetChatClient(OpenAiFaceClient.Model);
        var options = new ChatCompletionOptions { Tools = { Weather } };
        List<ChatMessage> messages = [new UserChatMessage("Use get_weather for Oslo")];

        var first = (await chat.CompleteChatAsync(messages, options, OpenAiFaceClient.Deadline)).Value;
        var call = Assert.Single(first.ToolCalls);
        messages.Add(new AssistantChatMessage(first));
        messages.Add(new ToolChatMessage(call.Id, "rain"));
        var second = (await chat.CompleteChatAsync(messages, options, OpenAiFaceClient.Deadline)).Value;

        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);
        Assert.Equal(("get_weather", """{"city":"Oslo"}"""), (call.FunctionName, call.FunctionArguments.ToString()));
        Assert.Equal("get_weather returned rain.", second.Content[0].Text);
        Assert.Equal(client.Truth.CompletionTokens, first.Usage.OutputTokenCount + second.Usage.OutputTokenCount);
        Assert.Equal(client.Truth.PromptTokens, first.Usage.InputTokenCount + second.Usage.InputTokenCount);
    }

    [Theory]
    [InlineData("hi", "\"tool_choice\":\"auto\"", "")]
    [InlineData("hi", "\"tool_choice\":\"required\"", "get_weather")]
    [InlineData("hi", "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"get_time\"}}", "get_time")]
    [InlineData("hi", "\"tool_choice\":{\"type\":\"custom\",\"custom\":{\"name\":\"note\"}}", "note")]
    [InlineData("get_weather and get_time", "\"tool_choice\":\"none\"", "")]
    [InlineData("get_weather and get_time", "\"seed\":1", "get_weather,get_time")]
    [InlineData("get_weather and get_time", "\"parallel_tool_calls\":false", "get_weather")]
    [InlineData(
        "get_weather and get_time",
        "\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_time\"}}]}}",
        "get_time"
    )]
    [InlineData("x [[sim: call=get_time call=get_weather call=get_time]]", "\"seed\":1", "get_time,get_weather,get_time")]
    [InlineData("my_get_weather_tool", "\"seed\":1", "")]
    public async Task Calls_WholeAndStreamed_AreThoseThatTheRequestAsksFor(string question, string field, string expected)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var message = (await client.WholeAsync(question, $"{Tools},{field}")).GetProperty("choices")[0].GetProperty("message");
        var whole = client.Latest.OpenAi!.Calls;
        var chunks = await client.ChunksAsync(question, $"{Tools},{field}");

        Assert.Equal(expected, string.Join(',', whole));
        Assert.Equal(expected, string.Join(',', client.Latest.OpenAi!.Calls));
        Assert.Equal(["get_weather", "get_time", "note"], client.Latest.OpenAi!.Tools);
        Assert.Equal(expected.Length == 0, message.GetProperty("content").GetString() is not null);
        Assert.Equal([expected.Length == 0 ? "stop" : "tool_calls"], OpenAiFaceClient.FinishReasons(chunks));
        Assert.Equal(expected, string.Join(',', Streamed(chunks).Select(static call => call.Name)));
    }

    [Fact]
    public async Task Arguments_OfDirective_AreSentAsTheyAreInFragmentsOfTheirCall()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        const string Question = """x [[sim: call=get_time:{"zone":{"city":"New York"}} call=note:raw]]""";

        var calls = Streamed(await client.ChunksAsync(Question, Tools));

        Assert.Equal(
            [("function", "get_time", """{"zone":{"city":"New York"}}"""), ("custom", "note", "raw")],
            calls.Select(static call => (call.Kind, call.Name, call.Arguments))
        );
        Assert.Equal(2, calls.Select(static call => call.Id).Distinct().Count());
    }

    [Fact]
    public async Task Arguments_BeyondMaxTokens_AreCut()
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var chunks = await client.ChunksAsync("""x [[sim: call=get_time:{"a":"0123456789"}]]""", Tools + ",\"max_tokens\":1");

        Assert.Equal("""{"a":"01""", Assert.Single(Streamed(chunks)).Arguments);
        Assert.Equal(["length"], OpenAiFaceClient.FinishReasons(chunks));
    }

    [Theory]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","minLength":9},"b":{"const":4}},"required":["a","b"]}""",
        """{"a":"Rome.....","b":4}"""
    )]
    [InlineData(
        """{"type":"object","properties":{"e":{"enum":["q","r"]},"n":{"type":["null","number"],"minimum":2.5}}}""",
        """{"e":"q","n":2.5}"""
    )]
    [InlineData("""{"type":"array","minItems":2,"items":{"anyOf":[{"type":"boolean"},{"type":"null"}]}}""", "[true,true]")]
    [InlineData(
        """{"$ref":"#/$defs/d","$defs":{"d":{"type":"object","properties":{"at":{"type":"string","format":"date"}}}}}""",
        """{"at":"2026-01-02"}"""
    )]
    [InlineData("""{"allOf":[{"type":"object","properties":{"x":{"type":"integer","exclusiveMinimum":1}}}]}""", """{"x":2}""")]
    public async Task Schema_OfResponseFormat_IsSatisfied(string schema, string expected)
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        var format = $$$"""
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{{{schema}}}}}
            """;

        var reply = (await client.WholeAsync("Where is Rome?", format)).GetProperty("choices")[0].GetProperty("message");

        Assert.Equal(expected, reply.GetProperty("content").GetString());
        Assert.Equal(expected, OpenAiFaceClient.Joined(await client.ChunksAsync("Where is Rome?", format)));
    }

    [Fact]
    public async Task Schema_ThatContainsItself_Ends()
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        const string Format = """
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"v":{"type":"string"},"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["v","next"]}}}
            """;

        var reply = (await client.WholeAsync("hi", Format)).GetProperty("choices")[0].GetProperty("message");

        using var json = JsonDocument.Parse(reply.GetProperty("content").GetString()!);
        var node = json.RootElement;
        while (node.ValueKind == JsonValueKind.Object)
        {
            Assert.Equal(JsonValueKind.String, node.GetProperty("v").ValueKind);
            node = node.GetProperty("next");
        }

        Assert.Equal(JsonValueKind.Null, node.ValueKind);
    }

    [Fact]
    public async Task JsonObject_OfResponseFormat_IsAnObject()
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var reply = await client.WholeAsync("say \"hi\"", "\"response_format\":{\"type\":\"json_object\"}");

        using var json = JsonDocument.Parse(reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!);
        Assert.Equal("say \"hi\"", json.RootElement.GetProperty("reply").GetString());
    }

    private static List<(string Id, string Kind, string Name, string Arguments)> Streamed(IReadOnlyList<JsonElement> chunks)
    {
        var calls = new List<(string Id, string Kind, string Name, string Arguments)>();
        foreach (var delta in OpenAiFaceClient.Deltas(chunks))
        {
            if (!delta.TryGetProperty("tool_calls", out var list))
            {
                continue;
            }

            var call = list[0];
            var index = call.GetProperty("index").GetInt32();
            if (call.TryGetProperty("id", out var id))
            {
                Assert.Equal(calls.Count, index);
                var kind = call.GetProperty("type").GetString()!;
                calls.Add((id.GetString()!, kind, call.GetProperty(kind).GetProperty("name").GetString()!, ""));
                continue;
            }

            var (field, inner) = calls[index].Kind == "custom" ? ("custom", "input") : ("function", "arguments");
            calls[index] = calls[index] with
            {
                Arguments = calls[index].Arguments + call.GetProperty(field).GetProperty(inner).GetString(),
            };
        }

        return calls;
    }
}
