using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Conversations.Pending;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Tests.Cluster.Turns;
using FlowGpt.Tests.Cluster.Usage;

namespace FlowGpt.Tests.Cluster.Conversations.Pending;

/// <summary>A stored turn that a crash interrupted is ended and booked by the next process, although nobody uses the conversation again.</summary>
public sealed class UnfinishedTurnTests
{
    /// <summary>
    /// The process dies at each write of a turn, before the write takes effect or after: the entry in the index, the acceptance, the end, the usage in the ledger, and when
    /// nothing more is written.
    /// </summary>
    public static TheoryData<int, StorageFault> Crashes =>
        [
            .. from write in Enumerable.Range(1, 4)
            from fault in (StorageFault[])[StorageFault.BeforeCommit, StorageFault.AfterCommit]
            select (write, fault),
        ];

    [Theory, MemberData(nameof(Crashes))]
    public async Task Crash_AtAnyWrite_TheNextProcessBooksTheTurnOnceUnasked(int write, StorageFault fault)
    {
        var storage = new FaultyStorage();
        bool accepted;
        await using (var first = await StartAsync(storage))
        {
            storage.CrashAt(write, fault);
            first.Upstream.Next().Says("Hello Ada.").Ends();
            accepted = await TakeTurnAsync(first);
            await Soon.Becomes(() => ValueTask.FromResult(storage.HasCrashed), static crashed => crashed, "the process dies");
        }

        storage.Restart();
        var record = storage.Records<ConversationState>("conversation").SingleOrDefault();
        await using var second = await StartAsync(storage);
        var booked = await SettledAsync(second);

        // Turns that were written are booked, once; others were never begun.
        Assert.Equal(record is null ? 0 : 1, booked.Requests);
        Assert.True(record is not null || !accepted);
        Assert.Equal(record?.Pending is null ? 0 : 1, booked.Estimated);
        Assert.Equal(0, second.Upstream.Calls);
    }

    [Fact]
    public async Task Crash_WhileTheUpstreamAnswers_TheNextProcessEndsTheTurnAndBooksAnEstimate()
    {
        var storage = new FaultyStorage();
        await using (var first = await StartAsync(storage))
        {
            var call = first.Upstream.Next().Says("Hello");
            Assert.IsType<StartResult.Accepted>(await Conversation(first).Start(first.Turn("My name is Ada.", stored: true)));
            await Soon.Happens(call.Waiting, "the reply is read");
            storage.Crash();
            call.Ends();
        }

        storage.Restart();
        await using var second = await StartAsync(storage);
        var booked = await SettledAsync(second);

        Assert.Equal((1, 1, 1), (booked.Requests, booked.Estimated, booked.Errors));
        Assert.Null(Assert.Single(storage.Records<ConversationState>("conversation")).Pending);
    }

    [Fact]
    public async Task Ledger_ThatFailsWhenTheTurnEnds_GetsTheUsageFromTheSweepOfTheSameProcess()
    {
        var storage = new FaultyStorage { OnlyState = "ledger", NextWrite = StorageFault.BeforeCommit };
        await using var cluster = await StartAsync(storage);
        cluster.Upstream.Next().Says("Hello Ada.").Ends();
        Assert.True(await TakeTurnAsync(cluster));

        var booked = await Soon.Becomes(cluster.LedgerAsync, static totals => totals.Requests > 0, "the turn is booked");

        Assert.Equal((1, 0), (booked.Requests, booked.Estimated));
    }

    /// <summary>Turns close together enter the index once, and leave it by one write.</summary>
    [Fact]
    public async Task Turns_OfManyConversations_ShareTheWritesOfTheIndex()
    {
        const int turns = 100;
        var storage = new FaultyStorage();
        await using var cluster = await StartAsync(storage);
        await Task.WhenAll(
            Enumerable
                .Range(0, turns)
                .Select(i =>
                    cluster.Index(ConversationKey.Stored(cluster.ClientKey, $"c{i}")).Add(ConversationKey.Stored("k", $"c{i}")).AsTask()
                )
        );

        // The first write of each part is not waited for by the others' callers.
        Assert.InRange(storage.Writes, 1, turns / 2);
    }

    /// <summary>A part of the index does not answer while its silo stops; conversations of this part do not wait for it.</summary>
    [Fact]
    public async Task Part_ThatDoesNotAnswer_IsReplacedByAnother()
    {
        var storage = new FaultyStorage();
        await using var cluster = await StartAsync(storage);
        var silent = cluster.Index(ConversationKey.Stored(cluster.ClientKey, "talk")).GetGrainId();
        var answers = new TaskCompletionSource();
        storage.Hold = ($"pending-turns/{silent}", answers.Task);
        try
        {
            cluster.Upstream.Next().Says("Hello Ada.").Ends();
            Assert.True(await TakeTurnAsync(cluster));

            // The clock does not advance, so the silent part cannot have written: the entry is in another part, and is removed there.
            Assert.Equal(1, (await SettledAsync(cluster)).Requests);
        }
        finally
        {
            answers.SetResult();
        }
    }

    /// <summary>Turns that have ended and are booked do not stay in the index until the next sweep.</summary>
    [Fact]
    public async Task Turn_ThatIsBooked_LeavesTheIndexWithTheNextWrite()
    {
        var storage = new FaultyStorage();
        await using var cluster = await StartAsync(storage, sweepEach: TimeSpan.FromMinutes(5));
        var talk = ConversationKey.Stored(cluster.ClientKey, "talk");
        cluster.Upstream.Next().Says("Hello Ada.").Ends();
        Assert.True(await TakeTurnAsync(cluster));

        var others = 0;
        var left = await Soon.Becomes(
            async () =>
            {
                await cluster.Index(talk).Add($"other {++others}");
                return Entered(storage);
            },
            entered => !entered.Contains(talk),
            "the turn leaves the index"
        );

        Assert.Equal(others, left.Count);
        Assert.Equal(1, (await cluster.LedgerAsync()).Requests);
    }

    private static async Task<TurnCluster> StartAsync(FaultyStorage storage, TimeSpan? sweepEach = null)
    {
        var cluster = new TurnCluster { Storage = storage, SweepInterval = sweepEach ?? TimeSpan.FromSeconds(1) };
        await cluster.InitializeAsync();
        return cluster;
    }

    private static IConversationGrain Conversation(TurnCluster cluster) =>
        cluster.Conversation(ConversationKey.Stored(cluster.ClientKey, "talk"));

    // Whether the turn was accepted; its end depends on the crash.
    private static async Task<bool> TakeTurnAsync(TurnCluster cluster)
    {
        var start = Conversation(cluster).Start(cluster.Turn("My name is Ada.", stored: true)).AsTask();
        while (await Task.WhenAny(start, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System)) != start)
        {
            // Pauses between attempts are by the test's clock.
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
        }

        try
        {
            return await start is StartResult.Accepted;
        }
        catch (Exception)
        {
            return false;
        }
    }

    // The index is empty when everything that was in it is ended and booked.
    private static async Task<UsageTotals> SettledAsync(TurnCluster cluster)
    {
        await Soon.Becomes(() => ValueTask.FromResult(Entered(cluster.Storage).Count), static left => left == 0, "the index is empty");
        return await cluster.LedgerAsync();
    }

    private static List<string> Entered(FaultyStorage storage) =>
        [.. storage.Records<PendingTurnsState>("pending-turns").SelectMany(static part => part.Conversations)];
}
