using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using OpenAI.Conversations;
using OpenAI.Responses;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Responses and conversations through the typed models of the official SDK, on a text-only, an OpenAI-compatible and an Anthropic upstream.</summary>
public sealed class ResponsesSdkTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    private static readonly FunctionTool Weather = Tool("get_weather");
    private static readonly FunctionTool Clock = Tool("get_time");

    public static TheoryData<string> Models { get; } = [Gateway.Model, AnthropicPoolFixture.Compatible, AnthropicPoolFixture.Claude];

    private ResponsesClient Sdk => fixture.Gateway.NewResponses();

    private ConversationClient Conversations =>
        new(
            new ApiKeyCredential(Gateway.MasterKey),
            new ConversationClientOptions
            {
                Endpoint = new Uri(fixture.Gateway.Http.BaseAddress!, "/v1"),
                NetworkTimeout = Soon.Limit,
                RetryPolicy = new ClientRetryPolicy(0),
            }
        );

    [Theory, MemberData(nameof(Models))]
    public async Task Create_EveryOption_ComesBackAsItWasSent(string model)
    {
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("Say exactly: noted")])
        {
            Instructions = "Be brief.",
            MaxOutputTokenCount = 64,
            Temperature = 0.5f,
            TopP = 0.5f,
            ParallelToolCallsEnabled = false,
            PromptCacheKey = "cache",
            SafetyIdentifier = "ada",
            TruncationMode = ResponseTruncationMode.Auto,
            Metadata = { ["topic"] = "trees" },
            Tools = { Weather },
            ToolChoice = ResponseToolChoice.CreateNoneChoice(),
        };

        ResponseResult made = await Sdk.CreateResponseAsync(options);

        Assert.Equal("noted", made.GetOutputText());
        Assert.Equal((64, 0.5f, 0.5f), (made.MaxOutputTokenCount, made.Temperature, made.TopP));
        Assert.Equal(("cache", "ada", "trees"), (made.PromptCacheKey, made.SafetyIdentifier, made.Metadata["topic"]));
        Assert.Equal((false, ResponseTruncationMode.Auto), (made.ParallelToolCallsEnabled, made.TruncationMode));
        Assert.Equal("get_weather", Assert.IsType<FunctionTool>(Assert.Single(made.Tools)).FunctionName);
        Assert.Equal(ResponseToolChoiceKind.None, made.ToolChoice.Kind);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Create_EveryRole_IsContext(string model)
    {
        ResponseItem[] items =
        [
            ResponseItem.CreateSystemMessageItem("Be brief."),
            ResponseItem.CreateDeveloperMessageItem("Be kind."),
            ResponseItem.CreateUserMessageItem("The code word: sdk-elm. Remember it."),
            ResponseItem.CreateAssistantMessageItem("I will."),
            ResponseItem.CreateUserMessageItem([ResponseContentPart.CreateInputTextPart("What is the code word?")]),
        ];

        ResponseResult made = await Sdk.CreateResponseAsync(model, items);

        Assert.Contains("sdk-elm", made.GetOutputText(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Stream_ToolCalls_ComeInDeltasAndWhole(string model)
    {
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("get_weather and get_time for Rome")])
        {
            Tools = { Weather, Clock },
            StreamingEnabled = true,
        };
        var deltas = new Dictionary<int, string>();
        var calls = new List<FunctionCallResponseItem>();
        await foreach (var update in await Sdk.CreateResponseStreamingAsync(options))
        {
            switch (update)
            {
                case StreamingResponseFunctionCallArgumentsDeltaUpdate delta:
                    deltas[delta.OutputIndex] = deltas.GetValueOrDefault(delta.OutputIndex) + delta.Delta;
                    break;
                case StreamingResponseOutputItemDoneUpdate { Item: FunctionCallResponseItem call }:
                    calls.Add(call);
                    break;
            }
        }

        Assert.Equal(["get_weather", "get_time"], calls.Select(static call => call.FunctionName));
        Assert.Equal(
            calls.Select(static call => call.FunctionArguments.ToString()),
            deltas.OrderBy(static one => one.Key).Select(static one => one.Value)
        );
        Assert.Equal(2, calls.Select(static call => call.CallId).Distinct().Count());
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Create_ToolLoopByPreviousResponse_SendsTheResultAlone(string model)
    {
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("Use get_weather for Lima")])
        {
            Tools = { Weather },
        };
        ResponseResult first = await Sdk.CreateResponseAsync(options);
        var call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(first.OutputItems));
        var next = new CreateResponseOptions(model, [ResponseItem.CreateFunctionCallOutputItem(call.CallId, "sun")])
        {
            PreviousResponseId = first.Id,
            Tools = { Weather },
        };

        ResponseResult second = await Sdk.CreateResponseAsync(next);

        Assert.Equal("get_weather returned sun.", second.GetOutputText());
        Assert.Equal(first.Id, second.PreviousResponseId);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Create_DemandedTool_IsCalled(string model)
    {
        var required = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("Hello")])
        {
            Tools = { Weather },
            ToolChoice = ResponseToolChoice.CreateRequiredChoice(),
        };
        var named = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("Hello")])
        {
            Tools = { Weather, Clock },
            ToolChoice = ResponseToolChoice.CreateFunctionChoice("get_time"),
        };

        ResponseResult first = await Sdk.CreateResponseAsync(required);
        ResponseResult second = await Sdk.CreateResponseAsync(named);

        Assert.Contains(first.OutputItems, static item => item is FunctionCallResponseItem);
        Assert.Equal("get_time", second.OutputItems.OfType<FunctionCallResponseItem>().Single().FunctionName);
        Assert.Equal(ResponseToolChoiceKind.Function, second.ToolChoice.Kind);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Create_Schema_IsObeyed(string model)
    {
        var schema = BinaryData.FromString(
            """{"type":"object","properties":{"answer":{"type":"string"}},"required":["answer"],"additionalProperties":false}"""
        );
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("How warm is it?")])
        {
            TextOptions = new ResponseTextOptions { TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("answer", schema, null, true) },
        };

        ResponseResult made = await Sdk.CreateResponseAsync(options);

        Assert.NotNull((string?)JsonNode.Parse(made.GetOutputText())!["answer"]);
        Assert.Equal(ResponseTextFormatKind.JsonSchema, made.TextOptions.TextFormat.Kind);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Background_IsStreamedAgainFromAnyNumber(string model)
    {
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("Say exactly: one two three four")])
        {
            BackgroundModeEnabled = true,
        };
        ResponseResult queued = await Sdk.CreateResponseAsync(options);

        var all = await ReadAsync(new GetResponseOptions(queued.Id) { StreamingEnabled = true });
        var rest = await ReadAsync(new GetResponseOptions(queued.Id) { StreamingEnabled = true, StartingAfter = 3 });

        Assert.Contains(queued.Status, (ResponseStatus?[])[ResponseStatus.Queued, ResponseStatus.InProgress]);
        Assert.Equal(Enumerable.Range(0, all.Count), all.Select(static update => update.SequenceNumber));
        Assert.Equal(all.Skip(4).Select(static update => update.SequenceNumber), rest.Select(static update => update.SequenceNumber));
        Assert.Equal("one two three four", Assert.IsType<StreamingResponseCompletedUpdate>(rest[^1]).Response.GetOutputText());
        Assert.Equal(ResponseStatus.Completed, (await Sdk.CancelResponseAsync(queued.Id)).Value.Status);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Conversation_HoldsItsTurns(string model)
    {
        var created = await Conversations.CreateConversationAsync(
            BinaryContent.Create(
                BinaryData.FromString(
                    """{"metadata":{"topic":"sdk"},"items":[{"type":"message","role":"user","content":"The code word: sdk-ash. Remember it."}]}"""
                )
            )
        );
        var id = (string)JsonNode.Parse(created.GetRawResponse().Content.ToString())!["id"]!;
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("What is the code word?")])
        {
            ConversationOptions = new ResponseConversationOptions(id),
        };

        ResponseResult made = await Sdk.CreateResponseAsync(options);
        var pages = new List<JsonNode>();
        await foreach (var page in Conversations.GetConversationItemsAsync(id, 2, "asc", null!, null!, null!).GetRawPagesAsync())
        {
            pages.AddRange(JsonNode.Parse(page.GetRawResponse().Content.ToString())!["data"]!.AsArray()!);
        }

        Assert.Contains("sdk-ash", made.GetOutputText(), StringComparison.Ordinal);
        Assert.Equal(id, made.ConversationOptions.ConversationId);
        Assert.Equal(["user", "user", "assistant"], pages.Select(static item => (string?)item["role"]));
        Assert.Equal(made.OutputItems[0].Id, (string?)pages[^1]["id"]);
        await Conversations.DeleteConversationAsync(id);
        var gone = await Assert.ThrowsAsync<ClientResultException>(() => Conversations.GetConversationAsync(id));
        Assert.Equal(404, gone.Status);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task InputItems_AreListedInEitherOrder(string model)
    {
        ResponseItem[] items =
        [
            ResponseItem.CreateUserMessageItem("first"),
            ResponseItem.CreateAssistantMessageItem("yes"),
            ResponseItem.CreateUserMessageItem("Say exactly: last"),
        ];
        ResponseResult made = await Sdk.CreateResponseAsync(model, items);

        var listed = new List<string>();
        await foreach (
            var item in Sdk.GetResponseInputItemsAsync(
                new ResponseItemCollectionOptions(made.Id) { PageSizeLimit = 2, Order = ResponseItemCollectionOrder.Ascending }
            )
        )
        {
            listed.Add(Assert.IsAssignableFrom<MessageResponseItem>(item).Content[0].Text);
        }

        Assert.Equal(["first", "yes", "Say exactly: last"], listed);
    }

    [Fact]
    public async Task Create_ReasoningWithItsSealedForm_GoesBack()
    {
        var options = new CreateResponseOptions(
            AnthropicPoolFixture.Claude,
            [ResponseItem.CreateUserMessageItem("Think first [[sim: reasoning=\"two and two\"]]")]
        )
        {
            StoredOutputEnabled = false,
            IncludedProperties = { IncludedResponseProperty.ReasoningEncryptedContent },
            ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = ResponseReasoningEffortLevel.Low },
        };
        ResponseResult first = await Sdk.CreateResponseAsync(options);
        var reasoning = first.OutputItems.OfType<ReasoningResponseItem>().Single();
        foreach (var item in first.OutputItems)
        {
            options.InputItems.Add(item);
        }

        options.InputItems.Add(ResponseItem.CreateUserMessageItem("Say exactly: four"));
        ResponseResult second = await Sdk.CreateResponseAsync(options);

        Assert.Contains("two and two", reasoning.GetSummaryText(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(reasoning.EncryptedContent));
        Assert.Equal("four", second.GetOutputText());
    }

    [Theory]
    [InlineData("nobody", 404, "model_not_found")]
    [InlineData(AnthropicPoolFixture.Embedding, 400, "unsupported_parameter")]
    public async Task Create_ModelThatCannotAnswer_IsAnErrorWithItsCode(string model, int status, string code)
    {
        var error = await Assert.ThrowsAsync<ClientResultException>(() => Sdk.CreateResponseAsync(model, "x"));

        Assert.Equal(status, error.Status);
        Assert.Contains(code, error.Message, StringComparison.Ordinal);
    }

    private async Task<List<StreamingResponseUpdate>> ReadAsync(GetResponseOptions options)
    {
        var updates = new List<StreamingResponseUpdate>();
        await foreach (var update in await Sdk.GetResponseStreamingAsync(options))
        {
            updates.Add(update);
        }

        return updates;
    }

    private static FunctionTool Tool(string name) =>
        new(
            name,
            BinaryData.FromString(
                """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}"""
            ),
            strictModeEnabled: true
        );
}
