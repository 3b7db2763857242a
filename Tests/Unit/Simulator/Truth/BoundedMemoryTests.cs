using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Tests.Unit.Simulator.Truth;

public sealed class BoundedMemoryTests
{
    [Fact]
    public void Exchanges_200000_KeepOnlyTheNewest()
    {
        var ring = new ExchangeRing(2_000, 8_000_000);
        for (var i = 0; i < 200_000; i++)
        {
            ring.Add(Make("q" + i));
        }

        var held = ring.Snapshot();
        Assert.Equal(2_000, held.Count);
        Assert.Equal(("q198000", "q199999"), (held[0].Question, held[^1].Question));
    }

    [Fact]
    public void Exchanges_OfManyCharacters_KeepFewer()
    {
        var ring = new ExchangeRing(2_000, 10_000);
        for (var i = 0; i < 100; i++)
        {
            ring.Add(Make(new string('x', 3_000)));
        }

        Assert.Equal(3, ring.Snapshot().Count);
    }

    [Fact]
    public void Conversations_200000_KeepOnlyTheNewest()
    {
        var store = new ConversationStore(1_000);
        var first = store.Create("a");
        var last = first;
        for (var i = 0; i < 200_000; i++)
        {
            last = store.Create("a");
        }

        Assert.Equal(1_000, store.Count);
        Assert.Null(store.Find(first.Id));
        Assert.Same(last, store.Find(last.Id));
    }

    [Fact]
    public void Conversation_OfManyTurns_KeepsTheLatest()
    {
        var conversation = new Conversation("c", "a");
        for (var i = 0; i < 10_000; i++)
        {
            conversation.Add(Make("q" + i));
        }

        var messages = conversation.Messages();
        Assert.Equal(400, messages.Count);
        Assert.Equal("q9999", messages[^2].Text);
    }

    [Fact]
    public async Task Load_OfManyAccountsAndConversations_StaysWithinTheCapacities()
    {
        await using var client = await SimulatorClient.StartAsync(
            new SimulatorOptions
            {
                ExchangeCapacity = 5,
                ConversationCapacity = 5,
                MaxAccounts = 5,
            }
        );
        for (var i = 0; i < 20; i++)
        {
            var id = await client.CreateAsync("a1");
            using var response = await client.SendAsync("a1", SimulatorClient.Question("q" + i, id));
            response.EnsureSuccessStatusCode();
        }

        Assert.Equal(5, client.Host.Truth.Exchanges().Count);
        Assert.Equal(5, client.Host.Truth.Snapshot().Global.Conversations);
    }

    private static Exchange Make(string question) =>
        new("a", null, question, Reply.Plan("ok", 0, null), new SentText(1, 2, 2), ReplyEnd.Completed);
}
