using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A pool with <c>wire: responses</c>: every dialect is served, and fields that only this protocol has pass unchanged, and only to this provider.</summary>
public sealed class ResponsesWireTests(ResponsesWireFixture fixture) : IClassFixture<ResponsesWireFixture>
{
    private const string Reasons = "[[sim: reasoning=plan]]";

    private Gateway Gateway => fixture.Gateway;

    [Theory]
    [InlineData("/v1/responses", """{"model":"native","input":"Say exactly: wire one"}""", "wire one")]
    [InlineData("/v1/responses", """{"model":"native","stream":true,"input":"Say exactly: wire two"}""", "two")]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"native","messages":[{"role":"user","content":"Say exactly: wire three"}]}""",
        "wire three"
    )]
    [InlineData(
        "/v1/messages",
        """{"model":"native","max_tokens":50,"system":"s","messages":[{"role":"user","content":"Say exactly: wire four"}]}""",
        "wire four"
    )]
    public async Task EveryDialect_IsServed(string path, string body, string expected)
    {
        var answer = await PostAsync(path, JsonNode.Parse(body)!);

        Assert.Equal(200, answer.Status);
        Assert.Contains(expected, answer.Body, StringComparison.Ordinal);
        var sent = JsonNode.Parse(Gateway.Simulator.Truth.FindExchange(expected)!.OpenAi!.Body)!;
        Assert.Equal((false, true), ((bool)sent["store"]!, (bool)sent["stream"]!));
    }

    [Fact]
    public async Task Usage_IsTheProviders()
    {
        var answer = JsonNode.Parse((await PostAsync("/v1/responses", Ask("Say exactly: five words are said here"))).Body)!;
        var truth = Gateway.Simulator.Truth.FindExchange("five words are said here")!.OpenAi!;

        Assert.Equal(truth.PromptTokens, (int)answer["usage"]!["input_tokens"]!);
        Assert.Equal(truth.CompletionTokens, (int)answer["usage"]!["output_tokens"]!);
    }

    [Fact]
    public async Task Length_IsIncompleteInEveryForm()
    {
        var ask = Ask("Say exactly: one two three four five six");
        ask["max_output_tokens"] = 2;
        ask["store"] = true;

        var whole = JsonNode.Parse((await PostAsync("/v1/responses", ask)).Body)!;
        ask["stream"] = true;
        var streamed = WireForm.ResponseStream((await PostAsync("/v1/responses", ask)).Body);
        var kept = JsonNode.Parse(await Gateway.Http.GetStringAsync($"/v1/responses/{streamed["id"]}"))!;

        foreach (var answer in (JsonNode[])[whole, streamed, kept])
        {
            Assert.Equal(
                ("incomplete", "max_output_tokens"),
                ((string?)answer["status"], (string?)answer["incomplete_details"]!["reason"])
            );
            Assert.Equal("incomplete", (string?)Assert.Single(answer["output"]!.AsArray())!["status"]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tools_AreCalledAndAnswered(bool isChat)
    {
        JsonNode call;
        if (isChat)
        {
            var body = JsonNode.Parse(
                """
                {"model":"native","messages":[{"role":"user","content":"use wire_weather now"}],
                 "tools":[{"type":"function","function":{"name":"wire_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]}
                """
            )!;
            var first = JsonNode.Parse((await PostAsync("/v1/chat/completions", body)).Body)!["choices"]![0]!;
            Assert.Equal("tool_calls", (string?)first["finish_reason"]);
            call = first["message"]!["tool_calls"]![0]!;
            body["messages"]!.AsArray().Add(first["message"]!.DeepClone());
            body["messages"]!
                .AsArray()
                .Add(
                    new JsonObject
                    {
                        ["role"] = "tool",
                        ["tool_call_id"] = (string)call["id"]!,
                        ["content"] = "rain",
                    }
                );

            Assert.Equal(200, (await PostAsync("/v1/chat/completions", body)).Status);
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse((string)call["function"]!["arguments"]!).RootElement.ValueKind);
            return;
        }

        var ask = Ask("use wire_search now");
        ask["tools"] = JsonNode.Parse("""[{"type":"function","name":"wire_search","parameters":{"type":"object","properties":{}}}]""");
        var made = JsonNode.Parse((await PostAsync("/v1/responses", ask)).Body)!;
        call = made["output"]!.AsArray().Single(static item => (string?)item!["type"] == "function_call")!;
        var next = Ask("unused");
        next["previous_response_id"] = (string)made["id"]!;
        next["input"] = new JsonArray(
            new JsonObject
            {
                ["type"] = "function_call_output",
                ["call_id"] = (string)call["call_id"]!,
                ["output"] = "found",
            }
        );

        var answered = await PostAsync("/v1/responses", next);

        Assert.Equal("wire_search", (string?)call["name"]);
        Assert.Equal(200, answered.Status);
    }

    [Fact]
    public async Task SealedReasoning_GoesBackToItsOwnAccountAlone()
    {
        var ask = Ask($"think-a {Reasons}");
        ask["include"] = new JsonArray("reasoning.encrypted_content");
        ask["store"] = false;
        var reasoning = Reasoning(await PostAsync("/v1/responses", ask));
        var origin = Gateway.Simulator.Truth.FindExchange("think-a")!.Account;
        var content = (string)reasoning["encrypted_content"]!;

        foreach (var turn in Enumerable.Range(0, 4))
        {
            Assert.Equal(200, (await PostAsync("/v1/responses", Next(reasoning, $"again-{turn}"))).Status);
            var exchange = Gateway.Simulator.Truth.FindExchange($"again-{turn}")!;
            Assert.Equal(origin, exchange.Account);
            Assert.Contains($"sealed-by-simulator:{origin}:", exchange.OpenAi!.Body, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("sealed-by-simulator", content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("native")]
    public async Task SealedReasoning_ThatIsForeignOrForged_IsDropped(string model)
    {
        var reasoning = new JsonObject
        {
            ["type"] = "reasoning",
            ["summary"] = new JsonArray(),
            ["encrypted_content"] = "sealed-by-simulator:r1:forged",
        };
        var forged = Next(reasoning, $"forged for {model}");
        forged["model"] = model;

        var answer = await PostAsync("/v1/responses", forged);

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain(
            "sealed-by-simulator",
            Gateway.Simulator.Truth.FindExchange($"forged for {model}")!.OpenAi!.Body,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Reasoning_StaysInAKeptConversation()
    {
        var ask = Ask($"think-b {Reasons}");
        ask["reasoning"] = new JsonObject { ["effort"] = "low" };
        var made = JsonNode.Parse((await PostAsync("/v1/responses", ask)).Body)!;
        var next = Ask("think-c");
        next["previous_response_id"] = (string)made["id"]!;

        Assert.Equal(200, (await PostAsync("/v1/responses", next)).Status);

        var sent = Gateway.Simulator.Truth.FindExchange("think-c")!;
        Assert.Equal(Gateway.Simulator.Truth.FindExchange("think-b")!.Account, sent.Account);
        Assert.Contains("sealed-by-simulator", sent.OpenAi!.Body, StringComparison.Ordinal);
        Assert.Null(made["output"]![0]!["encrypted_content"]);
    }

    [Fact]
    public async Task BuiltInTools_PassToAProviderThatHasThemAndAreNamedElsewhere()
    {
        var ask = Ask("use web_search for wire news");
        ask["tools"] = JsonNode.Parse(
            """[{"type":"web_search","search_context_size":"low"},{"type":"file_search","vector_store_ids":["vs_1"]}]"""
        );
        ask["stream"] = true;

        var native = await PostAsync("/v1/responses", ask);
        ask["model"] = "chat";
        var elsewhere = await PostAsync("/v1/responses", ask);

        Assert.Contains("\"type\":\"web_search_call\"", native.Body, StringComparison.Ordinal);
        Assert.Equal("file_search", native.LeftOut);
        var tools = JsonNode.Parse(Gateway.Simulator.Truth.FindExchange("wire news")!.OpenAi!.Body)!["tools"];
        Assert.Equal("file_search, web_search", elsewhere.LeftOut);
        Assert.DoesNotContain("vs_1", Bodies(), StringComparison.Ordinal);
        Assert.Null(tools);
    }

    [Fact]
    public async Task IdsOfProviderState_NeverPass()
    {
        var ask = Ask("state-wall");
        ask["input"] = JsonNode.Parse(
            """
            [{"type":"code_interpreter_call","id":"ci_1","container_id":"cntr_secret","code":"1"},
             {"role":"user","content":"state-wall"}]
            """
        );
        ask["tools"] = JsonNode.Parse("""[{"type":"code_interpreter","container":"cntr_secret"}]""");

        var answer = await PostAsync("/v1/responses", ask);

        Assert.True(answer.Status == 200, answer.Body);
        Assert.NotNull(Gateway.Simulator.Truth.FindExchange("state-wall"));
        Assert.DoesNotContain("cntr_secret", Bodies(), StringComparison.Ordinal);
        Assert.DoesNotContain("previous_response_id", Bodies(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut-line-after:2")]
    [InlineData("error-frame-after:2")]
    [InlineData("close-after:2")]
    public async Task BrokenReply_IsAFailureAndNoWholeResponse(string fault)
    {
        var ask = Ask($"Say exactly: one two three four [[sim: fault={fault}]]");
        ask["stream"] = true;

        var answer = await PostAsync("/v1/responses", ask);

        // A reply that breaks off before its first event was sent is answered with an HTTP status.
        Assert.Contains(answer.Status == 200 ? "response.failed" : "upstream_error", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("response.completed", answer.Body, StringComparison.Ordinal);
    }

    private string Bodies() => string.Concat(Gateway.Simulator.Truth.Exchanges().Select(static exchange => exchange.OpenAi?.Body));

    private static JsonObject Ask(string input) => new() { ["model"] = "native", ["input"] = input };

    private static JsonObject Next(JsonNode reasoning, string text) =>
        new()
        {
            ["model"] = "native",
            ["store"] = false,
            ["input"] = new JsonArray(
                new JsonObject { ["role"] = "user", ["content"] = "before" },
                reasoning.DeepClone(),
                new JsonObject { ["role"] = "assistant", ["content"] = "said" },
                new JsonObject { ["role"] = "user", ["content"] = text }
            ),
        };

    private static JsonNode Reasoning((int Status, string Body, string? LeftOut) answer)
    {
        Assert.True(answer.Status == 200, answer.Body);
        return JsonNode.Parse(answer.Body)!["output"]!.AsArray().Single(static item => (string?)item!["type"] == "reasoning")!;
    }

    private async Task<(int Status, string Body, string? LeftOut)> PostAsync(string path, JsonNode body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        using var answer = await Gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var text = "";
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync();
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync() is { } line)
            {
                text += line + "\n";
            }
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException)
        {
            // A reply that failed breaks off.
        }

        return ((int)answer.StatusCode, text, answer.Headers.TryGetValues("X-Tools-Left-Out", out var left) ? left.Single() : null);
    }
}
