using System.Net;
using System.Text;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Simulator.Chat;

public sealed class ChatEndpointTests
{
    [Fact]
    public async Task Chat_Question_EchoesItInFramesOfOneWord()
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.AskAsync("a1", "Say \"hi\" naïve 東京 🚀");
        var body = await response.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            "{\"event\":\"text\",\"data\":\"Echo:\"}\n"
                + "{\"event\":\"text\",\"data\":\" Say\"}\n"
                + "{\"event\":\"text\",\"data\":\" \\\"hi\\\"\"}\n"
                + "{\"event\":\"text\",\"data\":\" naïve\"}\n"
                + "{\"event\":\"text\",\"data\":\" 東京\"}\n"
                + "{\"event\":\"text\",\"data\":\" 🚀\"}\n",
            Encoding.UTF8.GetString(body)
        );
    }

    [Theory]
    [InlineData("Reply with exactly: pong", "pong")]
    [InlineData("Please say exactly  two  words ", "two  words")]
    [InlineData("SAY WITH EXACTLY: a\nb", "a\nb")]
    [InlineData("Is that exactly so?", "Echo: Is that exactly so?")]
    public async Task Chat_SayExactly_RepliesWithThat(string question, string reply)
    {
        await using var client = await SimulatorClient.StartAsync(
            new SimulatorOptions { Behaviour = new BehaviourSettings { ReplyTokens = null } }
        );

        Assert.Equal(reply, await client.TextAsync("a1", question));
    }

    [Fact]
    public async Task Chat_ReplyTokens_PadsOrCutsToThatManyFrames()
    {
        await using var client = await SimulatorClient.StartAsync(
            new SimulatorOptions { Behaviour = new BehaviourSettings { ReplyTokens = 20 } }
        );

        using var padded = await client.AskAsync("a1", "short");
        using var cut = await client.AskAsync("a1", string.Join(' ', Enumerable.Range(0, 50)));

        var paddedBody = await padded.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline);
        Assert.Equal(20, SimulatorClient.Lines(paddedBody).Count);
        Assert.StartsWith("Echo: short river stone naïve", SimulatorClient.TextOf(paddedBody), StringComparison.Ordinal);
        Assert.Equal(20, SimulatorClient.Lines(await cut.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline)).Count);
        Assert.Equal(SimulatorClient.TextOf(paddedBody), client.Host.Truth.FindExchange("short")!.Text);
    }

    [Fact]
    public async Task Chat_Delays_FollowTheClock()
    {
        var clock = new FakeTimeProvider();
        var settings = new BehaviourSettings { FirstTokenDelay = TimeSpan.FromSeconds(5), TokenDelay = TimeSpan.FromSeconds(1) };
        await using var client = await SimulatorClient.StartAsync(new SimulatorOptions { TimeProvider = clock, Behaviour = settings });

        var asked = client.AskAsync("a1", "one");
        await client.Host.Truth.WaitUntilAsync(truth => truth.OpenStreams == 1, SimulatorClient.Deadline);
        Assert.False(asked.IsCompleted);
        await AdvanceUntilAsync(clock, TimeSpan.FromSeconds(1), asked);
        using var response = await asked;
        var body = response.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline);
        await AdvanceUntilAsync(clock, TimeSpan.FromSeconds(1), body);

        Assert.Equal("Echo: one", SimulatorClient.TextOf(await body));
        Assert.True(clock.GetUtcNow() - clock.Start >= TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task Truth_AfterAReply_CountsItExactly()
    {
        await using var client = await SimulatorClient.StartAsync();

        var text = await client.TextAsync("a1", "what is naïve");

        var truth = client.Host.Truth.Account("a1");
        Assert.Equal(1, truth.ChatRequests);
        Assert.Equal(1, truth.Accepted);
        Assert.Equal(1, truth.Completed);
        Assert.Equal(0, truth.Open);
        Assert.Equal(1, truth.PeakOpen);
        Assert.Equal(3, truth.PromptTokens);
        Assert.Equal(4, truth.Fragments);
        Assert.Equal(text.Length, truth.TextCharacters);
        Assert.Equal(Encoding.UTF8.GetByteCount(text), truth.TextBytes);
        var global = client.Host.Truth.Snapshot().Global;
        Assert.Equal(1, global.ChatCalls);
        Assert.Equal(1, global.Connections);
        var exchange = Assert.Single(client.Host.Truth.Exchanges());
        Assert.Equal(("a1", "what is naïve", text, ReplyEnd.Completed), (exchange.Account, exchange.Question, exchange.Text, exchange.End));
    }

    private static async Task AdvanceUntilAsync(FakeTimeProvider clock, TimeSpan step, Task task)
    {
        while (!task.IsCompleted)
        {
            SimulatorClient.Deadline.ThrowIfCancellationRequested();
            clock.Advance(step);
            await Task.Yield();
        }
    }
}
