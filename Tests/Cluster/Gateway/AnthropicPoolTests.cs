using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic.Models.Messages;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Conversations;
using OpenAI.Chat;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The official SDKs of both makers through the whole product to servers of both.</summary>
public sealed class AnthropicPoolTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";

    private static readonly Tool Weather = Tool("get_weather");
    private static readonly Tool Clock = Tool("get_time");

    private Gateway Gateway => fixture.Gateway;

    /// <summary>A server of each maker, and a model of a text-only upstream.</summary>
    public static TheoryData<string> Models { get; } = [AnthropicPoolFixture.Claude, AnthropicPoolFixture.Compatible, Gateway.Model];

    public static TheoryData<string> ModelsThatSee { get; } = [AnthropicPoolFixture.Claude, AnthropicPoolFixture.Compatible];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Create_OutputFormat_IsObeyedAtEveryVersionOfTheApi(string model)
    {
        foreach (var version in (string[])["2023-06-01", "2026-10-21"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages");
            request.Headers.Add("anthropic-version", version);
            request.Content = new StringContent(
                $$"""
                {"model":"{{model}}","max_tokens":200,"messages":[{"role":"user","content":"Where is it?"}],
                 "output_config":{"format":{"type":"json_schema","schema":{{Schema}} } } }
                """,
                Encoding.UTF8,
                "application/json"
            );
            using var response = await Gateway.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();

            Assert.True(response.IsSuccessStatusCode, text);
            var said = (string)WireForm.Message(text)["content"]!.AsArray()[^1]!["text"]!;
            Assert.Equal(["city"], JsonNode.Parse(said)!.AsObject().Select(static member => member.Key));
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Create_ToolLoop_CallsTheToolAndUsesItsResult(string model)
    {
        var sdk = Gateway.NewAnthropicSdk();
        var ask = AnthropicAsk.Of("Use get_weather for Oslo", model) with { Tools = [Weather] };

        var first = await sdk.Messages.Create(ask);
        var call = first.Content[^1].Call();
        var second = await sdk.Messages.Create(
            ask with
            {
                Messages =
                [
                    .. ask.Messages,
                    Raw("assistant", new JsonArray(JsonNode.Parse(first.Content[^1].Json.GetRawText()))),
                    Raw(
                        "user",
                        new JsonArray(
                            new JsonObject
                            {
                                ["type"] = "tool_result",
                                ["tool_use_id"] = call.ID,
                                ["content"] = "rain",
                                ["is_error"] = false,
                            }
                        )
                    ),
                ],
            }
        );

        Assert.Equal("tool_use", first.StopReason!.Raw());
        Assert.Equal(("get_weather", "Oslo"), (call.Name, call.Input["city"].GetString()));
        Assert.Equal(("end_turn", "get_weather returned rain."), (second.StopReason!.Raw(), second.Content[0].Text()));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task CreateStreaming_ParallelTools_AreWholeBlocksInOrder(string model)
    {
        var ask = AnthropicAsk.Of("get_weather and get_time for Rome", model) with { Tools = [Weather, Clock] };

        var reply = await AnthropicReply.ReadAsync(
            Gateway.NewAnthropicSdk().Messages.CreateStreaming(ask, TestContext.Current.CancellationToken)
        );

        Assert.Equal(["get_weather", "get_time"], reply.Calls.Select(static call => call.Name));
        Assert.All(reply.Calls, static call => Assert.Equal("Rome", (string)JsonNode.Parse(call.Input.ToString())!["city"]!));
        Assert.Equal("tool_use", reply.StopReason);
    }

    [Theory]
    [MemberData(nameof(ModelsThatSee))]
    public async Task Create_ImageInTheQuestion_ReachesTheServer(string model)
    {
        var question = $"What is in the picture? {Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}";
        var image = new Base64ImageSource { Data = "AQID", MediaType = MediaType.ImagePng };
        List<ContentBlockParam> blocks = [new TextBlockParam(question), new ImageBlockParam(image)];

        await Gateway.NewAnthropicSdk().Messages.Create(AnthropicAsk.Of("", model) with { Messages = [new UserMessageParam(blocks)] });

        Assert.Equal(1, Find(question).Images);
    }

    [Fact]
    public async Task Create_NativeTarget_KeepsMarksThinkingUsageAndStopSequence()
    {
        var question =
            $"reply with exactly: one two three [[sim: reasoning=hm cached=2]] {Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}";
        var body = JsonNode.Parse(
            $$$"""
            {"model":"{{{AnthropicPoolFixture.Claude}}}","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":2000},"stop_sequences":["three"],
             "system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],
             "messages":[{"role":"user","content":[{"type":"text","text":"{{{question}}}","cache_control":{"type":"ephemeral"}}]}]}
            """
        )!;

        var message = (await PostAsync(body)).Json;
        var sent = JsonNode.Parse(Find(question).Body)!;

        Assert.Equal(("thinking", "hm"), ((string)message["content"]![0]!["type"]!, (string)message["content"]![0]!["thinking"]!));
        Assert.StartsWith("sim-signature-", (string)message["content"]![0]!["signature"]!);
        Assert.Equal(("stop_sequence", "three"), ((string)message["stop_reason"]!, (string)message["stop_sequence"]!));
        Assert.Equal(2, (int)message["usage"]!["cache_creation_input_tokens"]!);
        Assert.Equal(2, (int)message["usage"]!["cache_read_input_tokens"]!);
        Assert.Equal(body["system"]!.ToJsonString(), sent["system"]!.ToJsonString());
        Assert.Equal(body["messages"]!.ToJsonString(), sent["messages"]!.ToJsonString());
        Assert.Equal(2000, (int)sent["thinking"]!["budget_tokens"]!);
    }

    [Fact]
    public async Task Create_ThoughtOfTheServer_GoesBackWithItsSignature()
    {
        var ask = AnthropicAsk.Of("Use get_weather for Oslo [[sim: reasoning=hm]]", AnthropicPoolFixture.Claude) with { Tools = [Weather] };
        var sdk = Gateway.NewAnthropicSdk();

        var first = await AnthropicReply.ReadAsync(sdk.Messages.CreateStreaming(ask, TestContext.Current.CancellationToken));
        var second = await sdk.Messages.Create(
            ask with
            {
                Messages =
                [
                    .. ask.Messages,
                    Raw(
                        "assistant",
                        new JsonArray(
                            new JsonObject
                            {
                                ["type"] = "thinking",
                                ["thinking"] = first.Thinking,
                                ["signature"] = first.Signature,
                            },
                            new JsonObject
                            {
                                ["type"] = "tool_use",
                                ["id"] = first.Calls[0].Id,
                                ["name"] = first.Calls[0].Name,
                                ["input"] = JsonNode.Parse(first.Calls[0].Input.ToString()),
                            }
                        )
                    ),
                    Raw("user", new JsonArray(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = first.Calls[0].Id })),
                ],
            }
        );

        Assert.Equal("hm", first.Thinking);
        Assert.Equal("end_turn", second.StopReason!.Raw());
    }

    [Fact]
    public async Task Complete_OpenAiSdkToAnAnthropicServer_CallsTheToolAndUsesItsResult()
    {
        var sdk = Gateway.NewSdk(AnthropicPoolFixture.Claude);
        var options = new ChatCompletionOptions
        {
            Tools = { ChatTool.CreateFunctionTool("get_weather", "Weather", BinaryData.FromString(Schema)) },
        };
        List<ChatMessage> messages = [new SystemChatMessage("Be brief."), new UserChatMessage("Use get_weather for Oslo")];

        var first = (await sdk.CompleteChatAsync(messages, options)).Value;
        var call = Assert.Single(first.ToolCalls);
        messages.Add(new AssistantChatMessage(first));
        messages.Add(new ToolChatMessage(call.Id, "rain"));
        var text = new StringBuilder();
        await foreach (var update in sdk.CompleteChatStreamingAsync(messages, options))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
        }

        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);
        Assert.Equal("""{"city":"Oslo"}""", call.FunctionArguments.ToString());
        Assert.True(first.Usage.InputTokenCount > 0 && first.Usage.OutputTokenCount > 0);
        Assert.Equal("get_weather returned rain.", text.ToString());
    }

    [Fact]
    public async Task Complete_OpenAiSdkImageAndSchema_ReachAnAnthropicServer()
    {
        var question = $"A trip {Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}";
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("trip", BinaryData.FromString(Schema), jsonSchemaIsStrict: true),
        };
        var image = ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(new byte[] { 1, 2, 3 }), "image/png");

        var completion = (
            await Gateway
                .NewSdk(AnthropicPoolFixture.Claude)
                .CompleteChatAsync([new UserChatMessage(ChatMessageContentPart.CreateTextPart(question), image)], options)
        ).Value;

        Assert.Equal(JsonValueKind.String, JsonDocument.Parse(completion.Content[0].Text).RootElement.GetProperty("city").ValueKind);
        Assert.Equal(1, Find(question).Images);
    }

    [Fact]
    public async Task Models_PoolWithDiscovery_OffersTheServersModels()
    {
        var page = await Soon.Becomes(
            async () => await Gateway.Http.GetStringAsync("/v1/models", TestContext.Current.CancellationToken),
            static models => models.Contains("claude/sim-large", StringComparison.Ordinal),
            "the server's models are offered"
        );

        Assert.Contains("claude-test", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_OverloadedOnce_IsServedAllTheSame()
    {
        Gateway.Simulator.Truth.SetBehaviour(
            "c1",
            new BehaviourSettings
            {
                Fault = new FaultSettings
                {
                    Kind = FaultKind.Status,
                    Status = 529,
                    Times = 1,
                },
            }
        );

        var message = await Gateway
            .NewAnthropicSdk(retries: 2)
            .Messages.Create(AnthropicAsk.Of("Say exactly: at last", AnthropicPoolFixture.Claude));

        Assert.Equal("at last", message.Content[0].Text());
    }

    [Fact]
    public async Task CountTokens_Request_CountsWithoutAskingTheServer()
    {
        var before = Gateway.Simulator.Truth.Snapshot().Accepted;

        var counted = await Gateway
            .NewAnthropicSdk()
            .Messages.CountTokens(
                new MessageCountTokensParams
                {
                    Model = AnthropicPoolFixture.Claude,
                    Messages = [new UserMessageParam("one two three four")],
                },
                TestContext.Current.CancellationToken
            );

        Assert.InRange(counted.InputTokens, 4, 20);
        Assert.Equal(before, Gateway.Simulator.Truth.Snapshot().Accepted);
    }

    private OpenAiExchange Find(string question) => Gateway.Simulator.Truth.FindExchange(question)!.OpenAi!;

    private async Task<ChatAnswer> PostAsync(JsonNode body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await Gateway.Http.PostAsync("/v1/messages", content, TestContext.Current.CancellationToken);
        var answer = await ChatAnswer.ReadAsync(response);
        Assert.True(answer.Status == 200, answer.Body);
        return answer;
    }

    private static MessageParam Raw(string role, JsonArray content) =>
        new(JsonSerializer.SerializeToElement(new JsonObject { ["role"] = role, ["content"] = content }));

    private static Tool Tool(string name) =>
        new()
        {
            Name = name,
            InputSchema = InputSchema.FromRawUnchecked(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Schema)!),
        };
}
