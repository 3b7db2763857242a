using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.FlowGpt;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

/// <summary>The client alone, used by <see cref="IChatClient"/>.</summary>
public sealed class FlowGptChatClientTests : FlowGptUpstreamTestBase
{
    [Fact]
    public async Task GetResponse_PlainQuestion_GivesCleanTextAndUsage()
    {
        Backend.Chat = context => Reply(context, "**GPT-4 Resp", "onse:** Hello", " world");
        using var client = Client();

        var response = await client.GetResponseAsync("Hi", cancellationToken: Deadline);

        Assert.Equal("Hello world", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal("gpt-4-free", response.ModelId);
        Assert.Equal("c-1", response.ConversationId);
        Assert.Equal((8, 2, 10), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        Assert.StartsWith("flowgpt-", response.ResponseId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetStreamingResponse_TextInPieces_ArrivesInPieces()
    {
        var read = new TaskCompletionSource();
        Backend.Chat = async context =>
        {
            await Reply(context, "one ");
            await read.Task;
            await Reply(context, "two");
        };
        using var client = Client();
        var texts = new List<string>();
        var finishes = new List<ChatFinishReason>();

        await foreach (var update in client.GetStreamingResponseAsync("Hi", cancellationToken: Deadline))
        {
            if (update.Text.Length > 0)
            {
                texts.Add(update.Text);
                read.TrySetResult();
            }

            if (update.FinishReason is { } finish)
            {
                finishes.Add(finish);
            }
        }

        Assert.Equal(["one ", "two"], texts);
        Assert.Equal([ChatFinishReason.Stop], finishes);
    }

    [Fact]
    public async Task GetResponse_Limits_AreEnforced()
    {
        Backend.Chat = context => Reply(context, "one two", " three END four");
        using var client = Client();

        var cut = await client.GetResponseAsync("Hi", new ChatOptions { MaxOutputTokens = 2 }, Deadline);
        var stopped = await client.GetResponseAsync("Hi", new ChatOptions { StopSequences = [" END"] }, Deadline);

        Assert.Equal(("one two", ChatFinishReason.Length), (cut.Text, cut.FinishReason));
        Assert.Equal(("one two three", ChatFinishReason.Stop), (stopped.Text, stopped.FinishReason));
    }

    [Fact]
    public async Task GetResponse_AllThatIsUnderstood_IsSent()
    {
        Options.ContextMode = ContextModes.History;
        using var client = Client();
        ChatMessage[] messages =
        [
            new(new ChatRole("developer"), "Be brief."),
            new(ChatRole.User, [new TextContent("What is "), new TextContent("the weather?")]),
            new(
                ChatRole.Assistant,
                [
                    new TextReasoningContent("hm"),
                    new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["city"] = "Rome" }),
                ]
            ),
            new(ChatRole.Tool, [new FunctionResultContent("c1", new { sky = "blue" })]),
            new(ChatRole.User, "So?"),
        ];

        await client.GetResponseAsync(
            messages,
            new ChatOptions
            {
                Instructions = "You are Ann.",
                Temperature = 0.5f,
                ModelId = "magnum-12b-v2",
                Tools = [],
            },
            Deadline
        );

        var chat = Assert.Single(Backend.Requests).Body;
        Assert.Equal("You are Ann.\n\nBe brief.", chat.GetProperty("system").GetString());
        Assert.Equal(
            ["What is the weather?", "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\":\"Rome\"}}\n</tool_call>"],
            chat.GetProperty("history").EnumerateArray().Select(turn => turn.GetProperty("content").GetString()!)
        );
        Assert.Equal("<tool_response>\nweather: {\"sky\":\"blue\"}\n</tool_response>\nSo?", chat.GetProperty("question").GetString());
        Assert.Equal(0.5, chat.GetProperty("temperature").GetDouble());
        Assert.Equal("magnum-12b-v2", chat.GetProperty("model").GetString());
    }

    [Fact]
    public async Task GetResponse_ConversationGivenBack_SendsOnlyWhatIsNew()
    {
        using var client = Client();
        ChatMessage[] messages =
        [
            new(ChatRole.User, "1?"),
            new(ChatRole.Assistant, "1"),
            new(ChatRole.System, "In French."),
            new(ChatRole.User, "2?"),
        ];

        var response = await client.GetResponseAsync(messages, new ChatOptions { ConversationId = "known" }, Deadline);

        var chat = Assert.Single(Backend.Requests).Body;
        Assert.Equal("known", chat.GetProperty("conversationId").GetString());
        Assert.Equal("In French.\n\n2?", chat.GetProperty("question").GetString());
        Assert.Equal("known", response.ConversationId);
    }

    [Fact]
    public async Task GetResponse_Image_IsRefusedByName()
    {
        using var client = Client();
        ChatMessage[] messages = [new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")])];

        var failure = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(messages, cancellationToken: Deadline));

        Assert.Contains("DataContent", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Backend.Requests);
    }

    [Fact]
    public async Task GetResponse_NoMessages_IsRefused()
    {
        using var client = Client();

        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(Array.Empty<ChatMessage>(), cancellationToken: Deadline));
    }

    [Fact]
    public async Task GetResponse_UpstreamFails_GivesTheClassifiedFailure()
    {
        Backend.Chat = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        using var client = Client();

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => client.GetResponseAsync("Hi", cancellationToken: Deadline));

        Assert.Equal(503, failure.Failure.StatusCode);
    }

    [Fact]
    public void GetService_Metadata_TellsProviderAndModel()
    {
        using var client = Client();

        var metadata = Assert.IsType<ChatClientMetadata>(client.GetService(typeof(ChatClientMetadata)));
        Assert.Equal(("flowgpt", "FlowGPT-Ares"), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Same(client, client.GetService(typeof(FlowGptChatClient)));
        Assert.Null(client.GetService(typeof(string)));
        Assert.Null(client.GetService(typeof(FlowGptChatClient), "key"));
    }

    [Fact]
    public void New_InvalidOptions_ListsTheProblems()
    {
        Options.Signature = "?";
        Options.MaxConnections = 0;

        Assert.Equal(2, Assert.Throws<OptionsValidationException>(Client).Failures.Count());
    }

    private FlowGptChatClient Client() => new(Options, Credential, Model, Time);

    private static async Task Reply(HttpContext context, params string[] fragments)
    {
        await StubBackend.Lines(context, [.. fragments.Select(fragment => $$"""{"event":"text","data":"{{fragment}}"}""")]);
        await context.Response.Body.FlushAsync();
    }
}
