using System.Net;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Tests.Unit.Simulator.Behaviour;

public sealed class BehaviourPrecedenceTests
{
    [Fact]
    public async Task Settings_OfRequestAccountAndAll_NarrowestGivenWins()
    {
        var everyone = new BehaviourSettings { ReplyTokens = 3, Prefix = "label" };
        await using var client = await SimulatorClient.StartAsync(new SimulatorOptions { Behaviour = everyone });
        client.Host.Truth.SetBehaviour("a1", new BehaviourSettings { ReplyTokens = 4 });

        Assert.Equal("**GPT-4 Response:** Echo:", await client.TextAsync("a2", "hi"));
        Assert.Equal("**GPT-4 Response:** Echo: hi", await client.TextAsync("a1", "hi"));
        Assert.Equal("Echo: hi river stone naïve", await client.TextAsync("a1", "hi [[sim: tokens=5 prefix=none]]"));
        Assert.Equal("**GPT-4 Response:** pong", await client.TextAsync("a1", "say exactly: pong"));
    }

    [Fact]
    public async Task Fault_OfAnAccount_HidesTheGlobalOneUntilItIsSpent()
    {
        await using var client = await SimulatorClient.StartAsync();
        client.Host.Truth.SetBehaviour(Failing(FaultKind.Forbidden, null));
        client.Host.Truth.SetBehaviour("a1", Failing(FaultKind.ServerError, 1));

        Assert.Equal(HttpStatusCode.BadGateway, await StatusAsync(client, "hi [[sim: fault=bad-gateway]]"));
        Assert.Equal(HttpStatusCode.InternalServerError, await StatusAsync(client, "hi"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, "hi"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "hi [[sim: fault=none]]"));
        client.Host.Truth.SetBehaviour("a1", Failing(FaultKind.None, null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "hi"));
    }

    [Fact]
    public async Task Reset_AfterChanges_RestoresTheStartingBehaviour()
    {
        await using var client = await SimulatorClient.StartAsync(
            new SimulatorOptions { Behaviour = new BehaviourSettings { ReplyTokens = 2 } }
        );
        client.Host.Truth.SetBehaviour(new BehaviourSettings { ReplyTokens = 9 });
        client.Host.Truth.SetBehaviour("a1", new BehaviourSettings { Prefix = "bare" });
        await client.TextAsync("a1", "hi");

        client.Host.Truth.Reset();

        Assert.Equal(0, client.Host.Truth.Account("a1").ChatRequests);
        Assert.Empty(client.Host.Truth.Exchanges());
        Assert.Equal("Echo: hi", await client.TextAsync("a1", "hi there"));
    }

    [Fact]
    public async Task SetBehaviour_OutOfRange_NamesEverySetting()
    {
        await using var client = await SimulatorClient.StartAsync();

        var thrown = Assert.Throws<ArgumentException>(() =>
            client.Host.Truth.SetBehaviour(new BehaviourSettings { ReplyTokens = 0, TokenDelay = TimeSpan.FromSeconds(-1) })
        );

        Assert.Contains("replyTokens", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("tokenDelay", thrown.Message, StringComparison.Ordinal);
    }

    private static BehaviourSettings Failing(FaultKind kind, int? times) =>
        new()
        {
            Fault = new FaultSettings { Kind = kind, Times = times },
        };

    private static async Task<HttpStatusCode> StatusAsync(SimulatorClient client, string question)
    {
        using var response = await client.AskAsync("a1", question);
        return response.StatusCode;
    }
}
