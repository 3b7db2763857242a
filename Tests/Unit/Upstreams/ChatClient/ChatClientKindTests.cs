using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.ChatClient;
using FlowGpt.Tests.Unit.Turns;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Unit.Upstreams.ChatClient;

/// <summary>A client from code as the upstream of a pool, over whole turns with tools.</summary>
public sealed class ChatClientKindTests : IDisposable
{
    private static readonly ToolDefinition Weather = new(
        ToolKind.Function,
        "get_weather",
        "Tells the weather.",
        """{"type":"object","properties":{"city":{"type":"string"}}}"""
    );

    private readonly ScriptedChatClient _client = new();
    private readonly ServiceProvider _services;
    private readonly TurnWorld _world;

    public ChatClientKindTests()
    {
        _services = new ServiceCollection().AddKeyedSingleton<IChatClient>("local", _client).AddChatClientKind().BuildServiceProvider();
        _world = new TurnWorld(_services.GetRequiredService<IProviderKind>());
    }

    public void Dispose()
    {
        _world.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Turn_WithTools_GivesTheClientsTextAndCallsAsItems()
    {
        _client.Say("Let me ", "see.");
        _client.Say(new FunctionCallContent("c1", "get_weather", new Dictionary<string, object?> { ["city"] = "Rome" }));
        _client.Say(new FunctionCallContent("c2", "get_weather", new Dictionary<string, object?> { ["city"] = "Oslo" }));
        _client.Say(new UsageContent(new UsageDetails { InputTokenCount = 40, OutputTokenCount = 9 }));
        _client.End();
        var request = TurnWorld.Request(Messages.User("Weather?")) with
        {
            Instructions = "Be brief.",
            Tools = [Weather],
            ToolChoice = new ToolChoice(ToolChoiceMode.Required, []),
            Sampling = new()
            {
                ParallelToolCalls = true,
                Temperature = 0.5,
                PresencePenalty = 0.25,
                FrequencyPenalty = -0.5,
            },
        };

        var turn = await RunAsync(request);

        Assert.Equal(
            [
                Messages.Assistant("Let me see."),
                new ToolCallItem("c1", "get_weather", """{"city":"Rome"}"""),
                new ToolCallItem("c2", "get_weather", """{"city":"Oslo"}"""),
            ],
            turn.Log.ToItems()
        );
        Assert.Equal((ResponseStatus.Completed, FinishReason.ToolCalls), (turn.Log.Status, turn.Log.Outcome!.FinishReason));
        Assert.Equal(new TokenUsage(40, 9, 0, 0, UsageOrigin.Reported), turn.Log.Outcome.Usage);
        var options = _client.Options!;
        var tool = Assert.IsAssignableFrom<AIFunctionDeclaration>(Assert.Single(options.Tools!));
        Assert.Equal((Weather.Name, Weather.Description), (tool.Name, tool.Description));
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(Weather.Parameters!).RootElement, tool.JsonSchema));
        Assert.Equal(
            (ChatToolMode.RequireAny, true, "model-of-local"),
            (options.ToolMode, options.AllowMultipleToolCalls, options.ModelId)
        );
        Assert.Equal((0.5f, 0.25f, -0.5f), (options.Temperature, options.PresencePenalty, options.FrequencyPenalty));
        Assert.Equal(["Be brief.", "Weather?"], _client.Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task Turn_WithResults_SendsEachToItsCall()
    {
        _client.Say("Sunny.");
        _client.End();

        var turn = await RunAsync(
            TurnWorld.Request(
                Messages.User("Weather?"),
                new ToolCallItem("c1", "get_weather", """{"city":"Rome"}"""),
                new ToolCallItem("c2", "get_weather", """{"city":"Oslo"}"""),
                new ToolResultItem("c1", [new TextPart("sunny")]),
                new ToolResultItem("c2", [new TextPart("rain")])
            ) with
            {
                Tools = [Weather],
            }
        );

        Assert.Equal([Messages.Assistant("Sunny.")], turn.Log.ToItems());
        Assert.Equal(["user", "assistant", "tool", "tool"], _client.Messages.Select(message => message.Role.Value));
        Assert.Equal(["c1", "c2"], _client.Messages[1].Contents.Cast<FunctionCallContent>().Select(call => call.CallId));
        Assert.Equal(
            [("c1", "sunny"), ("c2", "rain")],
            _client
                .Messages[2..]
                .SelectMany(message => message.Contents)
                .Cast<FunctionResultContent>()
                .Select(one => (one.CallId, one.Result))
        );
    }

    [Fact]
    public async Task Turn_WithASchema_HandsItToTheClient()
    {
        _client.Say("""{"a":1}""");
        _client.End();

        await RunAsync(
            TurnWorld.Request() with
            {
                Format = new ResponseFormat(ResponseFormatKind.JsonSchema, "answer", """{"type":"object"}""", Strict: true, "An answer."),
            }
        );

        var format = Assert.IsType<ChatResponseFormatJson>(_client.Options!.ResponseFormat);
        Assert.Equal(("answer", "An answer.", """{"type":"object"}"""), (format.SchemaName, format.SchemaDescription, $"{format.Schema}"));
    }

    [Fact]
    public void Check_PoolWithoutAClient_SaysWhatToDo()
    {
        var kind = _services.GetRequiredService<IProviderKind>();

        Assert.Empty(kind.Check(new PoolDefinition { Name = "local", Kind = kind.Name }));
        var problem = Assert.Single(kind.Check(new PoolDefinition { Name = "other", Kind = kind.Name }));
        Assert.Contains("\"other\"", problem.Problem, StringComparison.Ordinal);
    }

    private async Task<ActiveTurn> RunAsync(TurnRequest request)
    {
        var turn = _world.Turn(request, "local");
        var (admitted, refused) = await _world.Runner.AdmitAsync(request, turn.Route, turn.Context, turn.PromptTokens);
        Assert.Null(refused);
        return await _world.RunAsync(admitted!);
    }
}
