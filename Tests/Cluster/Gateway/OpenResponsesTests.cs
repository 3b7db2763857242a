using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>What clients of the Open Responses specification rely on, over HTTP, on a text-only, an OpenAI-compatible and an Anthropic upstream.</summary>
public sealed class OpenResponsesTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    private const string Weather =
        """{"type":"function","name":"get_weather","description":"The weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}""";
    private const string Clock =
        """{"type":"function","name":"get_time","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}""";

    public static TheoryData<string> Models { get; } = [Gateway.Model, AnthropicPoolFixture.Compatible, AnthropicPoolFixture.Claude];

    public static TheoryData<string, bool> ModelsAndForms
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var model in (string[])[Gateway.Model, AnthropicPoolFixture.Compatible, AnthropicPoolFixture.Claude])
            {
                data.Add(model, false);
                data.Add(model, true);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(ModelsAndForms))]
    public async Task Create_TextAndInstructions_GivesAMessage(string model, bool stream)
    {
        var response = await ServeAsync(model, stream, """ "input":"Say exactly: Hello there","instructions":"Be brief." """);

        Assert.Equal("Hello there", TextOf(response));
        Assert.Equal(("completed", "Be brief."), ((string?)response["status"], (string?)response["instructions"]));
    }

    [Theory, MemberData(nameof(ModelsAndForms))]
    public async Task Create_RolesAndHistory_AreTheContext(string model, bool stream)
    {
        const string History = """
            {"role":"system","content":"Be brief."},{"type":"message","role":"developer","content":[{"type":"input_text","text":"Be kind."}]},
            {"role":"user","content":"The code word: poplar. Remember it."},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I will.","annotations":[]}]},
            {"role":"user","content":"What is the code word?"}
            """;

        var response = await ServeAsync(model, stream, $"\"input\":[{History}]");

        Assert.Contains("poplar", TextOf(response), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(ModelsAndForms))]
    public async Task Create_Tool_IsCalledAndItsResultIsUsed(string model, bool stream)
    {
        const string Question = """{"role":"user","content":"Use get_weather for Oslo"}""";
        var first = await ServeAsync(model, stream, $"\"store\":false,\"input\":[{Question}],\"tools\":[{Weather}]");
        var call = Assert.Single(first["output"]!.AsArray())!;
        var result = new JsonObject
        {
            ["type"] = "function_call_output",
            ["call_id"] = (string?)call["call_id"],
            ["output"] = "rain",
        };

        var second = await ServeAsync(
            model,
            stream,
            $"\"store\":false,\"input\":[{Question},{call.ToJsonString()},{result.ToJsonString()}],\"tools\":[{Weather}]"
        );

        Assert.Equal(
            ("function_call", "completed", "get_weather"),
            ((string?)call["type"], (string?)call["status"], (string?)call["name"])
        );
        Assert.Equal("Oslo", (string?)JsonNode.Parse((string)call["arguments"]!)!["city"]);
        Assert.Equal("get_weather returned rain.", TextOf(second));
    }

    [Theory, MemberData(nameof(ModelsAndForms))]
    public async Task Create_TwoTools_AreTwoCallsOrOne(string model, bool stream)
    {
        const string Question = """ "input":"get_weather and get_time for Rome" """;

        var both = await ServeAsync(model, stream, $"{Question},\"tools\":[{Weather},{Clock}]");
        var one = await ServeAsync(model, stream, $"{Question},\"tools\":[{Weather},{Clock}],\"parallel_tool_calls\":false");
        var atMostOne = await ServeAsync(model, stream, $"{Question},\"tools\":[{Weather},{Clock}],\"max_tool_calls\":1");
        var none = await ServeAsync(model, stream, $"{Question},\"tools\":[{Weather},{Clock}],\"tool_choice\":\"none\"");
        var named = await ServeAsync(
            model,
            stream,
            $"\"input\":\"Hello\",\"tools\":[{Weather},{Clock}],\"tool_choice\":{{\"type\":\"function\",\"name\":\"get_time\"}}"
        );

        Assert.Equal(["get_weather", "get_time"], CallsOf(both));
        Assert.Single(CallsOf(one));
        Assert.Equal(["get_weather"], CallsOf(atMostOne));
        Assert.Empty(CallsOf(none));
        Assert.Equal(["get_time"], CallsOf(named));
        Assert.Equal("none", (string?)none["tool_choice"]);
    }

    [Theory, MemberData(nameof(ModelsAndForms))]
    public async Task Create_JsonSchema_IsObeyed(string model, bool stream)
    {
        const string Format = """
            {"type":"json_schema","name":"answer","strict":true,"schema":{"type":"object","properties":{"answer":{"type":"string"},"celsius":{"type":"number"}},"required":["answer","celsius"],"additionalProperties":false}}
            """;

        var response = await ServeAsync(model, stream, $"\"input\":\"How warm is it?\",\"text\":{{\"format\":{Format}}}");

        Assert.Equal(["answer", "celsius"], JsonNode.Parse(TextOf(response))!.AsObject().Select(static member => member.Key).Order());
        Assert.Equal("json_schema", (string?)response["text"]!["format"]!["type"]);
    }

    [Theory, MemberData(nameof(ModelsAndForms))]
    public async Task Create_FewTokens_IsIncomplete(string model, bool stream)
    {
        var response = await ServeAsync(model, stream, """ "input":"Tell a story [[sim: tokens=60 flush]]","max_output_tokens":16 """);

        Assert.Equal("incomplete", (string?)response["status"]);
        Assert.Equal("max_output_tokens", (string?)response["incomplete_details"]!["reason"]);
        Assert.Equal("incomplete", (string?)response["output"]!.AsArray()[^1]!["status"]);
    }

    [Theory, MemberData(nameof(ModelsAndForms))]
    public async Task Create_FewTokens_IsIncompleteInEverythingThatIsKept(string model, bool stream)
    {
        var conversation = (string)JsonNode.Parse((await SendAsync("/v1/conversations", "{}")).Text)!["id"]!;

        var response = await ServeAsync(
            model,
            stream,
            $""" "input":"Tell a story [[sim: tokens=60 flush]]","max_output_tokens":16,"conversation":"{conversation}" """
        );
        var kept = JsonNode.Parse((await SendAsync($"/v1/responses/{response["id"]}", "", HttpMethod.Get)).Text)!;
        var again = await SendAsync($"/v1/responses/{response["id"]}?stream=true", "", HttpMethod.Get);
        var items = JsonNode.Parse((await SendAsync($"/v1/conversations/{conversation}/items", "", HttpMethod.Get)).Text)!;

        var message = response["output"]!.AsArray()[^1]!;
        Assert.Equal("incomplete", (string?)message["status"]);
        Assert.Equal(message.ToJsonString(), kept["output"]!.AsArray()[^1]!.ToJsonString());
        Assert.Equal(message.ToJsonString(), WireForm.ResponseStream(again.Text)["output"]!.AsArray()[^1]!.ToJsonString());
        Assert.Equal(
            [(string?)message["id"], "incomplete"],
            [(string?)items["data"]!.AsArray()[0]!["id"], (string?)items["data"]!.AsArray()[0]!["status"]]
        );
    }

    [Theory]
    [InlineData(AnthropicPoolFixture.Compatible)]
    [InlineData(AnthropicPoolFixture.Claude)]
    public async Task Create_ImageAndFile_ReachTheModel(string model)
    {
        const string Parts = """
            {"type":"input_text","text":"Say exactly: seen"},
            {"type":"input_image","detail":"auto","image_url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="}
            """;

        var response = await ServeAsync(model, stream: false, $"\"input\":[{{\"role\":\"user\",\"content\":[{Parts}]}}]");

        Assert.Equal("seen", TextOf(response));
    }

    [Theory]
    [InlineData(AnthropicPoolFixture.Compatible)]
    [InlineData(AnthropicPoolFixture.Claude)]
    public async Task Stream_Reasoning_IsAnItemBeforeTheMessage(string model)
    {
        var response = await ServeAsync(
            model,
            stream: true,
            """ "input":"Think first [[sim: reasoning=\"two and two\"]]","reasoning":{"effort":"low","summary":"auto"} """
        );

        Assert.Equal(["reasoning", "message"], response["output"]!.AsArray().Select(static item => (string?)item!["type"]));
        Assert.Contains("two and two", response["output"]![0]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Refusal_IsAPartOfTheMessage()
    {
        var response = await ServeAsync(
            AnthropicPoolFixture.Compatible,
            stream: true,
            """ "input":"Refuse [[sim: refusal=\"I will not\"]]" """
        );

        var part = response["output"]![0]!["content"]!.AsArray().Single()!;
        Assert.Equal(("refusal", "I will not"), ((string?)part["type"], (string?)part["refusal"]));
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Create_PreviousResponse_HasItsContextAndNotItsInstructions(string model)
    {
        var first = await ServeAsync(
            model,
            stream: false,
            """ "input":"The code word: willow. Remember it.","instructions":"Speak like a pirate." """
        );

        var second = await ServeAsync(
            model,
            stream: true,
            $"\"input\":\"What is the code word?\",\"previous_response_id\":\"{first["id"]}\""
        );

        Assert.Contains("willow", TextOf(second), StringComparison.Ordinal);
        Assert.Equal((string?)first["id"], (string?)second["previous_response_id"]);
        Assert.Null(second["instructions"]);
    }

    [Fact]
    public async Task Create_ReplyBreaksOff_IsAnErrorEventInBothFormsThenAFailedResponse()
    {
        // Slowly: a reply that breaks off before its first event was sent has a status of its own.
        var (status, text) = await SendAsync(
            "/v1/responses",
            """{"model":"compatible-test","stream":true,"input":"Tell a story [[sim: tokens=40 per=100ms fault=error-frame-after:5]]"}"""
        );

        Assert.Equal(200, status);
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(static frame => frame.StartsWith("event: ", StringComparison.Ordinal))
            .Select(static frame => JsonNode.Parse(frame.Split("data: ")[1])!)
            .ToArray();
        var error = events[^2];
        Assert.Equal(("error", "response.failed"), ((string?)error["type"], (string?)events[^1]["type"]));
        Assert.All((string[])["code", "message"], member => Assert.Equal((string?)error["error"]![member], (string?)error[member]));
        Assert.False(string.IsNullOrEmpty((string?)error["code"]));
        Assert.Equal(Enumerable.Range(0, events.Length), events.Select(static one => (int)one["sequence_number"]!));
        Assert.Equal("failed", (string?)WireForm.Response(events[^1]["response"])["status"]);
    }

    [Theory]
    [InlineData("""{"model":"compatible-test","input":"x","previous_response_id":"resp_x","conversation":"conv_x"}""", null)]
    [InlineData("""{"model":"compatible-test","input":"x","previous_response_id":"resp_x"}""", "previous_response_id")]
    [InlineData("""{"input":"x"}""", "model")]
    [InlineData("""{"model":"compatible-test"}""", "input")]
    [InlineData("""{"model":"compatible-test","input":[{"type":"function_call_output","output":"x"}]}""", "input[0].call_id")]
    [InlineData(
        """{"model":"compatible-test","input":[{"role":"user","content":"x"},{"type":"function_call_output","call_id":"call_x","output":"x"}]}""",
        "input[1].call_id"
    )]
    [InlineData(
        """{"model":"compatible-test","input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"x"},{"type":"function_call_output","call_id":"c","output":"y"}]}""",
        "input[2].call_id"
    )]
    [InlineData("""{"model":"compatible-test","input":"x","store":false,"background":true}""", "background")]
    [InlineData("""{"model":"compatible-test","input":"x","stream_options":{"include_obfuscation":false}}""", "stream_options")]
    [InlineData("""{"model":"compatible-test","input":"x","max_output_tokens":0}""", "max_output_tokens")]
    public async Task Create_WrongRequest_Is400BeforeAnythingIsMade(string body, string? param)
    {
        var (status, text) = await SendAsync("/v1/responses", body);

        Assert.True(status == 400, text);
        var error = WireForm.Error(text);
        Assert.Equal(param, (string?)error["param"]);
        Assert.NotNull((string?)error["code"]);
    }

    [Fact]
    public async Task Compact_WithoutAModel_Is400()
    {
        var (status, text) = await SendAsync("/v1/responses/compact", """{"input":"x"}""");

        Assert.Equal((400, "model"), (status, (string?)WireForm.Error(text)["param"]));
    }

    [Fact]
    public async Task Delete_WhileTheResponseRuns_EndsItAndASecondOneIs404()
    {
        var (_, text) = await SendAsync(
            "/v1/responses",
            """{"model":"compatible-test","background":true,"input":"Tell a long story [[sim: tokens=400 flush per=50ms]]"}"""
        );
        var path = $"/v1/responses/{JsonNode.Parse(text)!["id"]}";

        var first = await SendAsync(path, "", HttpMethod.Delete);
        var second = await SendAsync(path, "", HttpMethod.Delete);

        Assert.Equal((200, true), (first.Status, (bool)JsonNode.Parse(first.Text)!["deleted"]!));
        Assert.Equal(404, second.Status);
        await Soon.Becomes(
            () => ValueTask.FromResult(fixture.Gateway.Simulator.Truth.Snapshot().OpenStreams),
            static open => open == 0,
            "the upstream's stream is closed"
        );
    }

    private async Task<JsonObject> ServeAsync(string model, bool stream, string members)
    {
        var (status, text) = await SendAsync(
            "/v1/responses",
            $"{{\"model\":\"{model}\",\"stream\":{(stream ? "true" : "false")},{members}}}"
        );
        Assert.True(status == 200, text);
        return stream ? WireForm.ResponseStream(text) : WireForm.Response(JsonNode.Parse(text));
    }

    [Fact]
    public async Task Compact_OfAPreviousResponse_NeedsNoInput()
    {
        const string Compact = "/v1/responses/compact";
        var first = await SendAsync("/v1/responses", """{"model":"compatible-test","input":"The code word: alder-compact."}""");
        var id = (string)JsonNode.Parse(first.Text)!["id"]!;

        var made = await SendAsync(Compact, $$"""{"model":"compatible-test","previous_response_id":"{{id}}"}""");
        var empty = await SendAsync(Compact, """{"model":"compatible-test"}""");

        Assert.Equal((200, 400), (made.Status, empty.Status));
        Assert.Contains("alder-compact", made.Text, StringComparison.Ordinal);
        Assert.Equal("input", (string?)JsonNode.Parse(empty.Text)!["error"]!["param"]);
    }

    [Fact]
    public async Task Create_OnADeletedConversation_IsToldLikeAnUnknownOne()
    {
        var id = (string)JsonNode.Parse((await SendAsync("/v1/conversations", "{}")).Text)!["id"]!;
        Assert.Equal(200, (await SendAsync($"/v1/conversations/{id}", "", HttpMethod.Delete)).Status);

        var other = $"{id[..^4]}zzzz";
        var deleted = await SendAsync("/v1/responses", $$"""{"model":"compatible-test","input":"x","conversation":"{{id}}"}""");
        var unknown = await SendAsync("/v1/responses", $$"""{"model":"compatible-test","input":"x","conversation":"{{other}}"}""");

        Assert.Equal((404, 404), (deleted.Status, unknown.Status));
        Assert.Equal(unknown.Text, deleted.Text.Replace(id, other, StringComparison.Ordinal));
    }

    private async Task<(int Status, string Text)> SendAsync(string path, string body, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path);
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await fixture.Gateway.SendAsync(request);
        return ((int)response.StatusCode, await ReadAsync(response));
    }

    /// <summary>The body as far as it came: a failure inside a stream breaks the body off after its last event.</summary>
    private static async Task<string> ReadAsync(HttpResponseMessage response)
    {
        var text = new MemoryStream();
        try
        {
            await response.Content.CopyToAsync(text);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            // What came is in the stream.
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static string TextOf(JsonObject response) =>
        string.Concat(
            response["output"]!
                .AsArray()
                .Where(static item => (string?)item!["type"] == "message")
                .SelectMany(static item => item!["content"]!.AsArray())
                .Select(static part => (string?)part!["text"])
        );

    private static IEnumerable<string?> CallsOf(JsonObject response) =>
        response["output"]!
            .AsArray()
            .Where(static item => (string?)item!["type"] == "function_call")
            .Select(static item => (string?)item!["name"]);
}
