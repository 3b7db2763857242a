using System.Net;
using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Tests.Unit.Simulator.Conversations;

public sealed class ContextTests
{
    private const string Ask = "What is the code word?";

    [Fact]
    public async Task CodeWord_ToldInAnEarlierTurn_IsRecalledInThatConversationOnly()
    {
        await using var client = await SimulatorClient.StartAsync();
        var told = await client.CreateAsync("a1");
        var other = await client.CreateAsync("a1");

        using var first = await client.SendAsync("a1", SimulatorClient.Question("The code word: BANANA-7.", told));
        await first.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline);

        Assert.Equal("The code word is BANANA-7.", await TextAsync(client, SimulatorClient.Question(Ask, told)));
        Assert.Equal("I was not told a code word.", await TextAsync(client, SimulatorClient.Question(Ask, other)));
    }

    [Fact]
    public async Task CodeWord_InMessagesOfCreate_IsRecalled()
    {
        await using var client = await SimulatorClient.StartAsync();
        var id = await client.CreateAsync(
            "a1",
            new { role = "user", content = "code word: KIWI" },
            new { role = "assistant", content = "ok" }
        );

        Assert.Equal("The code word is KIWI.", await TextAsync(client, SimulatorClient.Question(Ask, id)));
    }

    [Fact]
    public async Task CodeWord_InHistoryOrSystem_IsRecalledLatestFirst()
    {
        await using var client = await SimulatorClient.StartAsync();
        var history = new[]
        {
            new { role = "user", content = "code word: PLUM" },
            new { role = "assistant", content = "Echo: code word: NO" },
        };

        Assert.Equal("The code word is PLUM.", await TextAsync(client, Body("code word: FIG", history)));
        Assert.Equal("The code word is FIG.", await TextAsync(client, Body("code word is FIG", [])));

        static object Body(string system, object[] history) =>
            new
            {
                promptId = "p",
                question = Ask,
                system,
                history,
            };
    }

    [Theory]
    [InlineData("nobody", HttpStatusCode.NotFound, RejectReason.UnknownConversation)]
    [InlineData(null, HttpStatusCode.Forbidden, RejectReason.ForeignConversation)]
    public async Task Chat_ConversationThatIsNotTheAccounts_IsRefusedAndCounted(string? id, HttpStatusCode status, RejectReason reason)
    {
        await using var client = await SimulatorClient.StartAsync();
        id ??= await client.CreateAsync("a2");

        using var response = await client.SendAsync("a1", SimulatorClient.Question("hi", id));

        Assert.Equal(status, response.StatusCode);
        var truth = client.Host.Truth.Account("a1");
        Assert.Equal(1, truth.Rejected[reason]);
        Assert.Equal(0, truth.Accepted);
    }

    private static async Task<string> TextAsync(SimulatorClient client, object body)
    {
        using var response = await client.SendAsync("a1", body);
        response.EnsureSuccessStatusCode();
        return SimulatorClient.TextOf(await response.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline));
    }
}
