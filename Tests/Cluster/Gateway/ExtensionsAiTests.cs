using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Microsoft.Extensions.AI, with its function invocation, through the whole product to an OpenAI-compatible server.</summary>
[Collection(SharedOpenAiPool.Name)]
public sealed class ExtensionsAiTests(OpenAiPoolFixture fixture)
{
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    private Gateway Gateway => fixture.Gateway;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Functions_InALoop_AreCalledAndTheirResultIsUsed(bool stream)
    {
        using var client = NewClient();
        var asked = new ConcurrentQueue<string>();
        var weather = AIFunctionFactory.Create((string city) => Called(asked, city, "rain"), "get_weather");

        var response = await AskAsync(client, [new(ChatRole.User, "Use get_weather for Oslo")], new() { Tools = [weather] }, stream);

        Assert.Equal(["Oslo"], asked);
        Assert.Contains("get_weather returned", response.Text, StringComparison.Ordinal);
        Assert.Contains("rain", response.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.True(response.Usage!.TotalTokenCount > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Functions_SeveralAtOnce_AreEachCalledOnceWithTheirOwnArguments(bool stream)
    {
        using var client = NewClient();
        var asked = new ConcurrentQueue<string>();
        AITool[] tools =
        [
            AIFunctionFactory.Create((string city) => Called(asked, $"weather of {city}", "rain"), "get_weather"),
            AIFunctionFactory.Create((string city) => Called(asked, $"time in {city}", "noon"), "get_time"),
        ];

        var response = await AskAsync(
            client,
            [new(ChatRole.User, "get_weather and get_time for Rome")],
            new() { Tools = tools, AllowMultipleToolCalls = true },
            stream
        );

        Assert.Equal(["time in Rome", "weather of Rome"], asked.Order());
        var calls = response.Messages.SelectMany(static message => message.Contents).OfType<FunctionCallContent>().ToList();
        var results = response.Messages.SelectMany(static message => message.Contents).OfType<FunctionResultContent>();
        Assert.Equal(["get_weather", "get_time"], calls.Select(static call => call.Name));
        Assert.Equal(calls.Select(static call => call.CallId), results.Select(static result => result.CallId));
        Assert.NotEqual("", response.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StructuredOutput_IsReadIntoItsType(bool stream)
    {
        using var client = NewClient();
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema<Trip>(Json) };

        var response = await AskAsync(client, [new(ChatRole.User, "A trip")], options, stream);

        var trip = JsonSerializer.Deserialize<Trip>(response.Text, Json)!;
        Assert.False(string.IsNullOrEmpty(trip.City));
        Assert.NotEmpty(trip.Stops);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Image_ReachesTheServer(bool stream)
    {
        using var client = NewClient();
        var question = $"What is in the picture? {Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}";

        await AskAsync(
            client,
            [new(ChatRole.User, [new TextContent(question), new DataContent(new byte[] { 1, 2, 3 }, "image/png")])],
            new(),
            stream
        );

        Assert.Equal(1, Gateway.Simulator.Truth.FindExchange(question)!.OpenAi!.Images);
    }

    [Fact]
    public async Task Embeddings_OfEqualTexts_AreEqual()
    {
        using var generator = Gateway.NewEmbeddingSdk(OpenAiPoolFixture.Embeddings).AsIEmbeddingGenerator();

        var vectors = await generator.GenerateAsync(
            ["one", "two", "one"],
            new EmbeddingGenerationOptions { Dimensions = 8 },
            TestContext.Current.CancellationToken
        );

        Assert.Equal([8, 8, 8], vectors.Select(static vector => vector.Vector.Length));
        Assert.Equal(vectors[0].Vector.ToArray(), vectors[2].Vector.ToArray());
        Assert.NotEqual(vectors[0].Vector.ToArray(), vectors[1].Vector.ToArray());
        Assert.True(vectors.Usage!.InputTokenCount > 0);
    }

    private IChatClient NewClient() => Gateway.NewSdk(OpenAiPoolFixture.Model).AsIChatClient().AsBuilder().UseFunctionInvocation().Build();

    private static string Called(ConcurrentQueue<string> asked, string what, string answer)
    {
        asked.Enqueue(what);
        return answer;
    }

    private static Task<ChatResponse> AskAsync(IChatClient client, ChatMessage[] messages, ChatOptions options, bool stream) =>
        stream
            ? client
                .GetStreamingResponseAsync(messages, options, TestContext.Current.CancellationToken)
                .ToChatResponseAsync(TestContext.Current.CancellationToken)
            : client.GetResponseAsync(messages, options, TestContext.Current.CancellationToken);

    private sealed record Trip(string City, int Days, string[] Stops);
}
