using System.ClientModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The official SDK through the whole product to an OpenAI-compatible server.</summary>
[Collection(SharedOpenAiPool.Name)]
public sealed class OpenAiPoolTests(OpenAiPoolFixture fixture)
{
    private static readonly ChatTool Weather = Tool("get_weather");
    private static readonly ChatTool Clock = Tool("get_time");

    private Gateway Gateway => fixture.Gateway;

    [Fact]
    public async Task Complete_ToolLoop_CallsTheToolAndUsesItsResult()
    {
        var sdk = Gateway.NewSdk(OpenAiPoolFixture.Model);
        var options = new ChatCompletionOptions { Tools = { Weather } };
        List<ChatMessage> messages = [new UserChatMessage("Use get_weather for Oslo")];

        var first = (await sdk.CompleteChatAsync(messages, options)).Value;
        var call = Assert.Single(first.ToolCalls);
        messages.Add(new AssistantChatMessage(first));
        messages.Add(new ToolChatMessage(call.Id, "rain"));
        var second = (await sdk.CompleteChatAsync(messages, options)).Value;

        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);
        Assert.Equal(("get_weather", """{"city":"Oslo"}"""), (call.FunctionName, call.FunctionArguments.ToString()));
        Assert.Equal("get_weather returned rain.", second.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, second.FinishReason);
    }

    [Fact]
    public async Task Stream_ParallelTools_AreWholeCallsInOrder()
    {
        var options = new ChatCompletionOptions { Tools = { Weather, Clock } };
        var names = new SortedDictionary<int, string>();
        var arguments = new Dictionary<int, StringBuilder>();
        ChatFinishReason? reason = null;
        var sdk = Gateway.NewSdk(OpenAiPoolFixture.Model);
        await foreach (var update in sdk.CompleteChatStreamingAsync([new UserChatMessage("get_weather and get_time for Rome")], options))
        {
            reason ??= update.FinishReason;
            foreach (var call in update.ToolCallUpdates)
            {
                if (call.FunctionName is { Length: > 0 } name)
                {
                    names.Add(call.Index, name);
                    arguments.Add(call.Index, new StringBuilder());
                }

                arguments[call.Index].Append(call.FunctionArgumentsUpdate);
            }
        }

        Assert.Equal(["get_weather", "get_time"], names.Values);
        Assert.All(arguments.Values, static text => Assert.NotNull(JsonNode.Parse(text.ToString())));
        Assert.Equal(ChatFinishReason.ToolCalls, reason);
    }

    [Fact]
    public async Task Complete_ImageAndText_ReachTheServer()
    {
        var image = ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(new byte[] { 1, 2, 3 }), "image/png");
        var question = $"What is in the picture? {Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}";

        await Gateway
            .NewSdk(OpenAiPoolFixture.Model)
            .CompleteChatAsync(new UserChatMessage(ChatMessageContentPart.CreateTextPart(question), image));

        Assert.Equal(1, Gateway.Simulator.Truth.FindExchange(question)!.OpenAi!.Images);
    }

    [Fact]
    public async Task Complete_JsonSchema_IsObeyed()
    {
        var schema = BinaryData.FromString(
            """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}"""
        );
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("trip", schema, jsonSchemaIsStrict: true),
        };

        var completion = (await Gateway.NewSdk(OpenAiPoolFixture.Model).CompleteChatAsync([new UserChatMessage("A trip")], options)).Value;

        var trip = JsonDocument.Parse(completion.Content[0].Text).RootElement;
        Assert.Equal(JsonValueKind.String, trip.GetProperty("city").ValueKind);
        Assert.Equal(JsonValueKind.Number, trip.GetProperty("days").ValueKind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Complete_ReasoningRefusalAndUnknownFields_ComeThroughBothWays(bool stream)
    {
        var question =
            $"Think [[sim: reasoning=hmm refusal=no extra={{\"vendor\":\"x\"}}]] {Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}";
        var body = new JsonObject
        {
            ["model"] = OpenAiPoolFixture.Model,
            ["stream"] = stream,
            ["top_k"] = 5,
            ["models"] = new JsonArray("other"),
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
        };

        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await Gateway.Http.PostAsync("/v1/chat/completions", content);
        var answer = await ChatAnswer.ReadAsync(response);

        Assert.Equal(200, answer.Status);
        Assert.Equal("hmm", Joined(answer, stream, "reasoning_content"));
        Assert.Equal("no", Joined(answer, stream, "refusal"));
        Assert.Contains("\"vendor\":\"x", answer.Body, StringComparison.Ordinal);
        Assert.Equal(["top_k"], Gateway.Simulator.Truth.FindExchange(question)!.OpenAi!.UnknownFields.Keys);
    }

    /// <summary>What the product cannot emulate for a text-only model is refused.</summary>
    [Fact]
    public async Task Complete_ImageToAModelThatSeesNone_IsRefusedByNameOfFieldAndModel()
    {
        var image = ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(new byte[] { 1, 2, 3 }), "image/png");
        var calls = Gateway.Simulator.Truth.Snapshot().Global.ChatCalls;

        var failure = await Assert.ThrowsAsync<ClientResultException>(() =>
            Gateway.NewSdk().CompleteChatAsync(new UserChatMessage(ChatMessageContentPart.CreateTextPart("What is this?"), image))
        );

        Assert.Equal(400, failure.Status);
        var error = JsonNode.Parse(failure.GetRawResponse()!.Content.ToString())!["error"]!;
        Assert.Equal(("unsupported_parameter", "messages[0].content[1]"), ((string?)error["code"], (string?)error["param"]));
        Assert.Contains(Gateway.Model, (string)error["message"]!, StringComparison.Ordinal);
        Assert.Equal(calls, Gateway.Simulator.Truth.Snapshot().Global.ChatCalls);
    }

    private static string Joined(ChatAnswer answer, bool stream, string member) =>
        stream
            ? string.Concat(answer.Chunks.Select(chunk => (string?)chunk["choices"]?.AsArray().FirstOrDefault()?["delta"]?[member]))
            : (string)answer.Json["choices"]![0]!["message"]![member]!;

    private static ChatTool Tool(string name) =>
        ChatTool.CreateFunctionTool(
            name,
            "a tool",
            BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""")
        );
}
