using System.Text;
using System.Text.Json;
using OpenAI.Responses;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The official SDK's client of responses, and the requests of agents, through the whole product to an OpenAI-compatible server.</summary>
public sealed class ResponsesTests(OpenAiPoolFixture fixture) : IClassFixture<OpenAiPoolFixture>
{
    private const string Model = OpenAiPoolFixture.Model;

    private static readonly FunctionTool Weather = new(
        "get_weather",
        BinaryData.FromString(
            """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}"""
        ),
        strictModeEnabled: true
    );

    private Gateway Gateway => fixture.Gateway;

    [Fact]
    public async Task Create_Text_HasTextUsageAndStatus()
    {
        ResponseResult response = await Gateway.NewResponses().CreateResponseAsync(Model, "Say exactly: Hello there");

        Assert.Equal("Hello there", response.GetOutputText());
        Assert.Equal((ResponseStatus.Completed, Model), (response.Status, response.Model));
        Assert.StartsWith("resp_", response.Id);
        Assert.Equal(response.Usage.TotalTokenCount, response.Usage.InputTokenCount + response.Usage.OutputTokenCount);
        Assert.True(response.Usage.OutputTokenCount > 0);
    }

    [Fact]
    public async Task Stream_Text_HasTheSameTextInDeltasAndAtTheEnd()
    {
        var text = new StringBuilder();
        ResponseResult? last = null;
        var options = new CreateResponseOptions(Model, [ResponseItem.CreateUserMessageItem("Tell a story [[sim: tokens=40 flush]]")])
        {
            StreamingEnabled = true,
        };
        var numbers = new List<int>();
        await foreach (var update in await Gateway.NewResponses().CreateResponseStreamingAsync(options))
        {
            numbers.Add(update.SequenceNumber);
            text.Append((update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
            last = (update as StreamingResponseCompletedUpdate)?.Response ?? last;
        }

        Assert.Equal(Enumerable.Range(0, numbers.Count), numbers);
        Assert.Equal(last!.GetOutputText(), text.ToString());
        Assert.True(last.Usage.OutputTokenCount > 20);
    }

    [Fact]
    public async Task Create_ToolLoop_CallsTheToolAndUsesItsResult()
    {
        var sdk = Gateway.NewResponses();
        var options = new CreateResponseOptions(Model, [ResponseItem.CreateUserMessageItem("Use get_weather for Oslo")])
        {
            Tools = { Weather },
            StoredOutputEnabled = false,
        };

        ResponseResult first = await sdk.CreateResponseAsync(options);
        var call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(first.OutputItems));
        options.InputItems.Add(call);
        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "rain"));
        ResponseResult second = await sdk.CreateResponseAsync(options);

        Assert.Equal(("get_weather", """{"city":"Oslo"}"""), (call.FunctionName, call.FunctionArguments.ToString()));
        Assert.Equal("get_weather returned rain.", second.GetOutputText());
    }

    [Fact]
    public async Task Stream_ToolCall_IsWholeInItsDoneItem()
    {
        var options = new CreateResponseOptions(Model, [ResponseItem.CreateUserMessageItem("Use get_weather for Rome")])
        {
            Tools = { Weather },
            StreamingEnabled = true,
        };
        FunctionCallResponseItem? call = null;
        var arguments = new StringBuilder();
        await foreach (var update in await Gateway.NewResponses().CreateResponseStreamingAsync(options))
        {
            arguments.Append((update as StreamingResponseFunctionCallArgumentsDeltaUpdate)?.Delta);
            call = (update as StreamingResponseOutputItemDoneUpdate)?.Item as FunctionCallResponseItem ?? call;
        }

        Assert.Equal("""{"city":"Rome"}""", call!.FunctionArguments.ToString());
        Assert.Equal(call.FunctionArguments.ToString(), arguments.ToString());
    }

    [Fact]
    public async Task Create_JsonSchema_IsObeyed()
    {
        var schema = BinaryData.FromString(
            """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}"""
        );
        var options = new CreateResponseOptions(Model, [ResponseItem.CreateUserMessageItem("A trip")])
        {
            TextOptions = new ResponseTextOptions
            {
                TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("trip", schema, jsonSchemaIsStrict: true),
            },
        };

        ResponseResult response = await Gateway.NewResponses().CreateResponseAsync(options);

        var trip = JsonDocument.Parse(response.GetOutputText()).RootElement;
        Assert.Equal(JsonValueKind.Number, trip.GetProperty("days").ValueKind);
    }

    [Fact]
    public async Task Create_TooFewTokens_IsIncomplete()
    {
        var options = new CreateResponseOptions(Model, [ResponseItem.CreateUserMessageItem("Say exactly: a b c d e f g h")])
        {
            MaxOutputTokenCount = 2,
        };

        ResponseResult response = await Gateway.NewResponses().CreateResponseAsync(options);

        Assert.Equal(ResponseStatus.Incomplete, response.Status);
        Assert.Equal(ResponseIncompleteStatusReason.MaxOutputTokens, response.IncompleteStatusDetails.Reason);
    }

    [Theory]
    [InlineData("codex-first")]
    [InlineData("codex-second")]
    public async Task Codex_Request_IsServedAndTheToolsThatNothingRunsAreNamed(string name)
    {
        var body = ClientRequest.Body(name);
        body["model"] = Model;
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await Gateway.Http.PostAsync("/v1/responses", content);
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(["web_search"], response.Headers.GetValues("X-Tools-Left-Out"));
        Assert.Contains("event: response.output_item.done\n", text, StringComparison.Ordinal);
        Assert.Contains("event: response.completed\n", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }
}
