using System.Text;
using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The official SDK through the whole product to FlowGPT, which supports text alone: tools are emulated.</summary>
[Collection(SharedGateway.Name)]
public sealed class EmulatedToolTests(GatewayFixture fixture)
{
    private static readonly ChatTool Weather = Tool("get_weather");
    private static readonly ChatTool Clock = Tool("get_time");

    private Gateway Gateway => fixture.Gateway;

    [Theory]
    [InlineData("")]
    [InlineData(" weakly fenced")]
    [InlineData(" weakly quoted")]
    [InlineData(" weakly commas")]
    [InlineData(" weakly broken")]
    public async Task Complete_ToolLoop_CallsTheToolAndUsesItsResult(string form)
    {
        var options = new ChatCompletionOptions { Tools = { Weather } };
        List<ChatMessage> messages = [new UserChatMessage($"Use get_weather for Oslo{form}")];

        var first = (await Gateway.NewSdk().CompleteChatAsync(messages, options)).Value;
        var call = Assert.Single(first.ToolCalls);
        messages.Add(new AssistantChatMessage(first));
        messages.Add(new ToolChatMessage(call.Id, "rain"));
        var second = (await Gateway.NewSdk().CompleteChatAsync(messages, options)).Value;

        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);
        Assert.Empty(first.Content);
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
        var text = new StringBuilder();
        ChatFinishReason? reason = null;
        await foreach (
            var update in Gateway
                .NewSdk()
                .CompleteChatStreamingAsync([new UserChatMessage("get_weather and get_time for Rome weakly prose")], options)
        )
        {
            reason ??= update.FinishReason;
            text.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
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

        Assert.Equal("Let me look that up.", text.ToString());
        Assert.Equal(["get_weather", "get_time"], names.Values);
        Assert.All(arguments.Values, static one => Assert.Equal("""{"city":"Rome"}""", one.ToString()));
        Assert.Equal(ChatFinishReason.ToolCalls, reason);
    }

    [Fact]
    public async Task Complete_SecondTurnWithResults_ContinuesTheUpstreamConversation()
    {
        var options = new ChatCompletionOptions { Tools = { Weather, Clock } };
        var question = $"get_weather and get_time for Lima {Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}";
        List<ChatMessage> messages = [new UserChatMessage(question)];
        var first = (await Gateway.NewSdk().CompleteChatAsync(messages, options)).Value;
        messages.Add(new AssistantChatMessage(first));
        // The SDK parses the arguments and serialises them again, as many clients do.
        messages.AddRange(first.ToolCalls.Select(static (call, i) => new ToolChatMessage(call.Id, $"result {i}")));
        var before = Gateway.Simulator.Truth.FindExchange(question)!.ConversationId;

        var second = (await Gateway.NewSdk().CompleteChatAsync(messages, options)).Value;

        Assert.Equal("get_weather returned result 0. get_time returned result 1.", second.Content[0].Text);
        Assert.Equal(before, Gateway.Simulator.Truth.FindExchange("<tool_response>\nget_weather: result 0")!.ConversationId);
    }

    [Fact]
    public async Task Complete_CallThatIsAskedForAgain_CountsTwoRequestsUpstreamAndInTheBooks()
    {
        // Two concurrent calls are allowed: the second does not wait for the first one's lease to be returned.
        await using var gateway = await Gateway.StartAsync([new GatewayAccount("a1", RequestsPerMinute: 2, MaxConcurrent: 1)]);
        var options = new ChatCompletionOptions { Tools = { Weather } };

        var completion = (
            await gateway.NewSdk().CompleteChatAsync([new UserChatMessage("Use get_weather for Oslo weakly broken")], options)
        ).Value;

        Assert.Single(completion.ToolCalls);
        var truth = gateway.Simulator.Truth.Snapshot();
        Assert.Equal((2, 0), (truth.Accepted, truth.TotalViolations));
        var booked = await Soon.Becomes(gateway.BookedAsync, static totals => totals.Requests > 0, "the turn is booked");
        Assert.Equal(completion.Usage.InputTokenCount, booked.PromptTokens);
        Assert.Equal(completion.Usage.OutputTokenCount, booked.CompletionTokens);
    }

    [Fact]
    public async Task Complete_StoredConversationWithResultsOfTwoCalls_ContinuesTheUpstreamConversation()
    {
        var name = $"tools-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}";
        var asked = await SendAsync(
            new JsonArray(new JsonObject { ["role"] = "user", ["content"] = $"get_weather and get_time for {name}" })
        );
        var results = new JsonArray();
        foreach (var call in asked.Json["choices"]![0]!["message"]!["tool_calls"]!.AsArray())
        {
            results.Add(
                new JsonObject
                {
                    ["role"] = "tool",
                    ["tool_call_id"] = (string)call!["id"]!,
                    ["content"] = $"{name} {results.Count}",
                }
            );
        }

        var answered = await SendAsync(results);

        Assert.Equal($"get_weather returned {name} 0. get_time returned {name} 1.", answered.Text);
        Assert.Equal(
            Gateway.Simulator.Truth.FindExchange($"get_weather and get_time for {name}")!.ConversationId,
            Gateway.Simulator.Truth.FindExchange($"<tool_response>\nget_weather: {name} 0")!.ConversationId
        );

        async Task<ChatAnswer> SendAsync(JsonArray messages)
        {
            var body = new JsonObject
            {
                ["model"] = Gateway.Model,
                ["messages"] = messages,
                ["tools"] = new JsonArray(Function("get_weather"), Function("get_time")),
            };
            using var request = ChatBody.Raw(body.ToJsonString(), name);
            using var response = await Gateway.Http.SendAsync(request, TestDeadline.Token);
            return await ChatAnswer.ReadAsync(response);
        }

        static JsonObject Function(string tool) =>
            new()
            {
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = tool },
            };
    }

    [Fact]
    public async Task Complete_NamedTool_IsCalledWhateverTheQuestion()
    {
        var options = new ChatCompletionOptions
        {
            Tools = { Weather, Clock },
            ToolChoice = ChatToolChoice.CreateFunctionChoice("get_time"),
        };

        var completion = (await Gateway.NewSdk().CompleteChatAsync([new UserChatMessage("Hello")], options)).Value;

        Assert.Equal("get_time", Assert.Single(completion.ToolCalls).FunctionName);
    }

    [Fact]
    public async Task Complete_OneCallAtATime_GivesOne()
    {
        var options = new ChatCompletionOptions { Tools = { Weather, Clock }, AllowParallelToolCalls = false };

        var completion = (
            await Gateway.NewSdk().CompleteChatAsync([new UserChatMessage("get_weather and get_time for Rome")], options)
        ).Value;

        Assert.Equal("get_weather", Assert.Single(completion.ToolCalls).FunctionName);
        Assert.Equal(ChatFinishReason.ToolCalls, completion.FinishReason);
    }

    [Fact]
    public async Task Complete_ToolsThatMayNotBeCalled_AreNotShown()
    {
        var options = new ChatCompletionOptions { Tools = { Weather }, ToolChoice = ChatToolChoice.CreateNoneChoice() };

        var completion = (await Gateway.NewSdk().CompleteChatAsync([new UserChatMessage("Use get_weather")], options)).Value;

        Assert.Equal("Echo: Use get_weather", completion.Content[0].Text);
    }

    [Fact]
    public async Task Complete_CallThatStaysBroken_IsTextWithoutTags()
    {
        var options = new ChatCompletionOptions { Tools = { Weather } };

        var completion = (
            await Gateway.NewSdk().CompleteChatAsync([new UserChatMessage("Use get_weather weakly stubborn")], options)
        ).Value;

        Assert.Empty(completion.ToolCalls);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.DoesNotContain("tool_call", completion.Content[0].Text, StringComparison.Ordinal);
    }

    /// <summary>Also where there are so many tools that the whole prompt is not built for the model.</summary>
    [Theory]
    [InlineData(1500, 0)]
    [InlineData(500, 200)]
    public async Task Complete_MoreToolsThanFit_Is400ThatSaysHowManyTokensTheyTake(int count, int words)
    {
        var tools = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            tools.Add(
                new JsonObject
                {
                    ["type"] = "function",
                    ["function"] = new JsonObject
                    {
                        ["name"] = $"a_tool_with_a_long_name_{i}",
                        ["description"] = string.Concat(Enumerable.Repeat("word ", words)),
                    },
                }
            );
        }

        var answer = await Gateway.ChatAsync(new ChatBody("Hello") { Fields = new JsonObject { ["tools"] = tools } });

        answer.AssertError(400, "invalid_request_error", "context_length_exceeded", "messages");
        Assert.Matches("[0-9]+ of them for the tools", (string)answer.Json["error"]!["message"]!);
    }

    private static ChatTool Tool(string name) =>
        ChatTool.CreateFunctionTool(
            name,
            "a tool",
            BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""")
        );
}
