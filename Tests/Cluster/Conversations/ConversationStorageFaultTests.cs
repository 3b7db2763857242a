using FlowGpt.ApiFrontend.Calls;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Storage;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Tests.Cluster.Turns;
using FlowGpt.Tests.Cluster.Usage;

namespace FlowGpt.Tests.Cluster.Conversations;

/// <summary>A stored conversation whose storage fails at each of its writes: the clients' answers, what is kept, and what is booked.</summary>
[Collection(SharedTurnCluster.Name)]
public sealed class ConversationStorageFaultTests : TurnTests
{
    private const string State = "conversation";

    public ConversationStorageFaultTests(TurnCluster cluster)
        : base(cluster) { }

    [Fact]
    public async Task Store_Turns_KeepTheContextOverAnActivation()
    {
        var grain = await ServeAsync("My name is Ada.", "Hello Ada.");
        await Cluster.DeactivateAsync(grain);

        var (request, text, _) = await NextTurnAsync(grain, "Who am I?");

        Assert.Equal(["My name is Ada.", "Hello Ada.", "Who am I?"], request);
        Assert.Equal("An answer.", text);
    }

    [Fact]
    public async Task FirstWrite_Fails_RefusesTheTurnAndCallsNobody()
    {
        var grain = await ServeAsync("My name is Ada.", "Hello Ada.");
        Fail(StorageFault.BeforeCommit);

        var refused = Assert.IsType<StartResult.Refused>(await grain.Start(Cluster.Turn("Lost.", stored: true)));

        Assert.Equal(TurnErrorKind.Interrupted, refused.Error.Kind);
        Assert.Equal(1, Upstream.Calls);
        var (request, _, _) = await NextTurnAsync(grain, "Who am I?");
        Assert.Equal(["My name is Ada.", "Hello Ada.", "Who am I?"], request);
    }

    [Fact]
    public async Task FirstWrite_LandsAndItsAnswerIsLost_TheTurnRuns()
    {
        var grain = await ServeAsync("My name is Ada.", "Hello Ada.");
        Fail(StorageFault.AfterCommit);

        var (request, text, _) = await NextTurnAsync(grain, "Who am I?");

        Assert.Equal(StorageFault.None, Cluster.Storage.NextWrite);
        Assert.Equal(["My name is Ada.", "Hello Ada.", "Who am I?"], request);
        Assert.Equal("An answer.", text);
    }

    [Fact]
    public async Task LastWrite_Fails_TheTurnIsNotCalledWholeAndItsUsageIsBooked()
    {
        var (grain, end) = await ServeWithFaultAsync(StorageFault.BeforeCommit);

        AssertFailed(end, TurnErrorKind.Interrupted);
        var (request, _, _) = await NextTurnAsync(grain, "Who am I?");
        Assert.Equal(["Who am I?"], request);
        var booked = await BookedAsync(2);
        Assert.Equal((0, 1), (booked.Estimated, booked.Errors));
    }

    [Fact]
    public async Task LastWrite_FailsAndTheRecordCannotBeReadBack_TheNextActivationServes()
    {
        var (grain, end) = await ServeWithFaultAsync(StorageFault.BeforeCommit, andTheRead: true);

        // The turn is reported as lost by the activation that knew the reason, and by the next one, which does not have the turn.
        Assert.True(end.Status == ResponseStatus.Unknown || end.Outcome?.Error?.Kind == TurnErrorKind.Interrupted, end.ToString());
        var (request, _, _) = await NextTurnAsync(grain, "Who am I?");
        Assert.Equal(["Who am I?"], request);
        Assert.Equal(1, (await BookedAsync(2)).Errors);
    }

    [Fact]
    public async Task LastWrite_LandsAndItsAnswerIsLost_TheTurnIsWhole()
    {
        var (grain, end) = await ServeWithFaultAsync(StorageFault.AfterCommit);

        Assert.Equal(ResponseStatus.Completed, end.Status);
        var (request, _, _) = await NextTurnAsync(grain, "Who am I?");
        Assert.Equal(["My name is Ada.", "Hello Ada.", "Who am I?"], request);
        var booked = await BookedAsync(2);
        Assert.Equal((0, 0), (booked.Estimated, booked.Errors));
    }

    [Fact]
    public async Task LastWriteOfAFailedTurn_Fails_TheNextTurnHasTheOldContext()
    {
        var grain = await ServeAsync("My name is Ada.", "Hello Ada.");
        var call = Upstream.Next();
        var turn = Cluster.Turn("Lost.", stored: true);
        Assert.IsType<StartResult.Accepted>(await grain.Start(turn));
        await Soon.Happens(call.Opened, "the upstream is called");
        var reading = TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
        Fail(StorageFault.BeforeCommit);
        await grain.Cancel(turn.ResponseId);

        AssertFailed((await reading).End, TurnErrorKind.Interrupted);
        var (request, _, _) = await NextTurnAsync(grain, "Who am I?");
        Assert.Equal(["My name is Ada.", "Hello Ada.", "Who am I?"], request);
    }

    [Fact]
    public async Task Activation_FindsATurnThatACrashCutOff_BooksAnEstimateAndKeepsTheContext()
    {
        var grain = await CutOffAsync();

        var (request, _, _) = await NextTurnAsync(grain, "Who am I?");

        Assert.Equal(["My name is Ada.", "Hello Ada.", "Who am I?"], request);
        var booked = await BookedAsync(2);
        Assert.Equal((1, 1), (booked.Estimated, booked.Errors));
    }

    [Fact]
    public async Task Activation_CannotEndTheTurnThatACrashCutOff_FailsAndTheNextOneCan()
    {
        var grain = await CutOffAsync();
        Fail(StorageFault.BeforeCommit);

        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(async () =>
            await grain.Start(Cluster.Turn("Lost.", stored: true))
        );

        AssertKnownToEveryProcess(failure);
        var (request, _, _) = await NextTurnAsync(grain, "Who am I?");
        Assert.Equal(["My name is Ada.", "Hello Ada.", "Who am I?"], request);
        Assert.Equal(1, (await BookedAsync(2)).Estimated);
    }

    [Fact]
    public async Task Activation_CannotReadTheRecord_FailsAndTheNextOneCan()
    {
        var grain = await ServeAsync("My name is Ada.", "Hello Ada.");
        await Cluster.DeactivateAsync(grain);
        Cluster.Storage.NextReadFails = true;

        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(async () =>
            await grain.Start(Cluster.Turn("Lost.", stored: true))
        );

        AssertKnownToEveryProcess(failure);
        var (request, _, _) = await NextTurnAsync(grain, "Who am I?");
        Assert.Equal(["My name is Ada.", "Hello Ada.", "Who am I?"], request);
    }

    [Fact]
    public async Task Ledger_Fails_UsageIsDeliveredAgainAndBookedOnce()
    {
        FailLedger(StorageFault.AfterCommit);
        var grain = await ServeAsync("One.", "Answer.");
        await Soon.Becomes(
            () => ValueTask.FromResult(Cluster.Storage.NextWrite),
            fault => fault == StorageFault.None,
            "the ledger's write fails"
        );

        await Cluster.DeactivateAsync(grain);
        await NextTurnAsync(grain, "Two.");

        Assert.Equal(2, (await BookedAsync(2)).Requests);
    }

    /// <summary>The record holds the only note of what a turn used until that is booked.</summary>
    [Fact]
    public async Task Delete_UsageCannotBeBooked_IsRefusedAndLosesNothing()
    {
        FailLedger(StorageFault.BeforeCommit);
        var grain = (IConversationGrain)await ServeAsync("One.", "Answer.");
        await Soon.Becomes(
            () => ValueTask.FromResult(Cluster.Storage.NextWrite),
            fault => fault == StorageFault.None,
            "the ledger's write fails"
        );
        FailLedger(StorageFault.BeforeCommit);

        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(async () => await grain.Delete());

        AssertKnownToEveryProcess(refused);
        Assert.Equal(StorageFault.None, Cluster.Storage.NextWrite);
        Assert.True(await grain.Delete());
        Assert.False(await grain.Delete());
        Assert.Equal((1, 0), ((await BookedAsync(1)).Requests, (await BookedAsync(1)).Estimated));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deactivation_WhileATurnRuns_InterruptsItAndKeepsTheContext(bool withText)
    {
        var grain = await ServeAsync("My name is Ada.", "Hello Ada.");
        var call = Upstream.Next().Answers();
        if (withText)
        {
            call.Says("Half an ans");
        }

        Assert.IsType<StartResult.Accepted>(await grain.Start(Cluster.Turn("Lost.", stored: true)));
        await Soon.Happens(call.Waiting, "the reply is read");
        await Soon.Happens(Cluster.DeactivateAsync(grain), "the activation ends");

        await Soon.Happens(call.Disposed, "the connection is closed");
        var (request, _, _) = await NextTurnAsync(grain, "Who am I?");
        Assert.Equal(["My name is Ada.", "Hello Ada.", "Who am I?"], request);
    }

    // A process that is only a client does not have the storage's exception types, so it could not see that the failure is transient.
    private static void AssertKnownToEveryProcess(StorageUnavailableException failure)
    {
        Assert.Null(failure.InnerException);
        Assert.Contains("conversation", failure.Message, StringComparison.Ordinal);
        Assert.True(TransientFailures.Is(failure));
    }

    // Of this test's client alone: the ledger of a test before it may still have something to write.
    private void FailLedger(StorageFault fault)
    {
        Cluster.Storage.OnlyState = "ledger";
        Cluster.Storage.OnlyGrain = IUsageLedgerGrain.KeyOf(Cluster.ClientKey, Cluster.Time.GetUtcNow());
        Cluster.Storage.NextWrite = fault;
    }

    private void Fail(StorageFault fault)
    {
        Cluster.Storage.OnlyState = State;
        Cluster.Storage.NextWrite = fault;
    }

    /// <summary>A conversation with one turn that was served.</summary>
    private async Task<ITurnGrain> ServeAsync(string question, string answer)
    {
        Upstream.Next().Says(answer).Ends();
        var grain = Cluster.NewPlace(stored: true);
        var turn = Cluster.Turn(question, stored: true);
        Assert.IsType<StartResult.Accepted>(await grain.Start(turn));
        var (text, end) = await TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
        Assert.Equal((answer, ResponseStatus.Completed), (text, end.Status));
        return grain;
    }

    /// <summary>A conversation for whose first turn the write of the end fails.</summary>
    private async Task<(ITurnGrain Grain, ResponseSlice End)> ServeWithFaultAsync(StorageFault fault, bool andTheRead = false)
    {
        var grain = Cluster.NewPlace(stored: true);
        var call = Upstream.Next();
        var turn = Cluster.Turn("My name is Ada.", stored: true);
        Assert.IsType<StartResult.Accepted>(await grain.Start(turn));
        await Soon.Happens(call.Opened, "the upstream is called");
        var reading = TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
        Fail(fault);
        Cluster.Storage.NextReadFails = andTheRead;
        call.Says("Hello Ada.").Ends();
        var end = (await reading).End;
        Assert.Equal(StorageFault.None, Cluster.Storage.NextWrite);
        return (grain, end);
    }

    /// <summary>Another turn, repeated while an activation that failed is still deactivating.</summary>
    private async Task<(string[] Request, string Text, ResponseSlice End)> NextTurnAsync(ITurnGrain grain, string question)
    {
        var call = Upstream.Next().Says("An answer.").Ends();
        var turn = Cluster.Turn(question, stored: true);
        await Soon.Becomes(() => grain.Start(turn), result => result is StartResult.Accepted, "the next turn is accepted");
        var request = await Soon.Happens(call.Opened, "the upstream is called");
        var (text, end) = await TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
        Assert.Equal(ResponseStatus.Completed, end.Status);
        return ([.. request.Context.Select(item => item.TextOf())], text, end);
    }

    /// <summary>A conversation after a crash: one turn completed, another accepted, no activation.</summary>
    private async Task<ITurnGrain> CutOffAsync()
    {
        var grain = Cluster.NewPlace(stored: true);
        var record = new GrainState<ConversationState>
        {
            State = new ConversationState
            {
                Tail = [Messages.User("My name is Ada."), Messages.Assistant("Hello Ada.")],
                Pending = new PendingTurn("chatcmpl-cut", Cluster.ClientKey, "gpt-4-free", Cluster.Time.GetUtcNow(), 12),
            },
        };
        await Cluster.Storage.WriteStateAsync(State, grain.GetGrainId(), record);
        return grain;
    }

    private async Task<Grains.Interfaces.Usage.UsageTotals> BookedAsync(long requests) =>
        await Soon.Becomes(Cluster.LedgerAsync, totals => totals.Requests >= requests, $"{requests} turns are booked");
}
