using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Usage;
using FlowGpt.Tests.Cluster.Turns;
using FlowGpt.Tests.Cluster.Usage;

namespace FlowGpt.Tests.Cluster.Conversations;

/// <summary>A ledger keeps the id of a stored turn for as long as a record may hold its usage, and no longer.</summary>
public sealed class BookedIdsTests
{
    [Fact]
    public async Task Turns_OfOneConversation_LeaveTheIdOfTheLastOneInTheLedger()
    {
        const int turns = 4;
        var cluster = new TurnCluster { Storage = new FaultyStorage() };
        await using var _ = cluster;
        await cluster.InitializeAsync();
        var conversation = cluster.Conversation(ConversationKey.Stored(cluster.ClientKey, "talk"));
        for (var turn = 1; turn <= turns; turn++)
        {
            cluster.Upstream.Next().Says("Hello.").Ends();
            Assert.IsType<StartResult.Accepted>(await conversation.Start(cluster.Turn($"Question {turn}.", stored: true)));
            var booked = turn;
            await Soon.Becomes(cluster.LedgerAsync, totals => totals.Requests == booked, $"turn {turn} is booked");
        }

        var ledger = Assert.Single(cluster.Storage.Records<UsageLedgerState>("ledger"));
        Assert.Equal(turns, ledger.Totals.Requests);
        Assert.Equal(1, ledger.Ids.Length / UsageEventId.Size);
        Assert.Equal(turns - 1, ledger.RecentIds.Length / UsageEventId.Size);
    }
}
