using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>A turn that is read from other threads than the one that writes its log.</summary>
public sealed class LocalReadTests : IDisposable
{
    private const int Rounds = 300;
    private const int Readers = 2;

    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    /// <summary>The clock does not advance, so that a reader whose wake-up is lost would wait for ever.</summary>
    [Fact]
    public async Task Read_WhileTheLogGrows_EveryReaderGetsEveryEventOnceAndTheEnd()
    {
        for (var round = 0; round < Rounds; round++)
        {
            using var turn = _world.Turn(TurnWorld.Request(), "one");
            var hosted = new HostedTurn(turn.Request, Guid.Empty, new());
            hosted.Admit(turn);
            var readers = Enumerable.Range(0, Readers).Select(_ => Task.Run(() => ReadAllAsync(hosted))).ToArray();

            turn.Append(EventKind.MessageStarted, 0, []);
            for (var i = 0; i < 40; i++)
            {
                turn.Append(EventKind.TextDelta, 0, "0123456789abcdef"u8[..((i + round) % 16 + 1)]);
            }

            turn.Close(ResponseStatus.Completed, new ResponseOutcome(FinishReason.Stop, default, null, null));

            foreach (var reader in readers)
            {
                var (bytes, heads, last) = await Soon.Happens(reader, "the reader comes to the end");
                Assert.Equal(turn.Log.From(0).Bytes, bytes);
                Assert.Equal(turn.Log.From(0).Heads, heads);
                Assert.Equal((ResponseStatus.Completed, FinishReason.Stop), (last.Status, last.Outcome?.FinishReason));
            }
        }
    }

    [Fact]
    public async Task Read_ATurnThatIsNotAdmitted_IsUnknown()
    {
        var hosted = new HostedTurn(TurnWorld.Request(), Guid.Empty, new());

        Assert.Equal(ResponseStatus.Unknown, (await hosted.Read(0, TimeSpan.Zero, default)).Status);
    }

    [Fact]
    public async Task Read_NothingHappens_EndsEmptyWhenItsTimeHasElapsedAlsoAfterALongerRead()
    {
        using var turn = _world.Turn(TurnWorld.Request(), "one");
        var hosted = new HostedTurn(turn.Request, Guid.Empty, new());
        hosted.Admit(turn);

        var longer = hosted.Read(0, TimeSpan.FromMinutes(1), default).AsTask();
        var shorter = hosted.Read(0, TimeSpan.FromSeconds(0.5), default).AsTask();
        Assert.False(longer.IsCompleted || shorter.IsCompleted);
        _world.Time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(0, (await Soon.Happens(shorter, "the shorter read ends")).NextSequence);

        longer = longer.IsCompleted ? hosted.Read(0, TimeSpan.FromMinutes(1), default).AsTask() : longer;
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, (await Soon.Happens(longer, "no read waits longer than two seconds")).NextSequence);
    }

    [Fact]
    public async Task Read_ItemThatOnlyBegan_IsToldWithItsTextOrAtTheEndOfTheUpstreamsRead()
    {
        using var turn = _world.Turn(TurnWorld.Request(), "one");
        var hosted = new HostedTurn(turn.Request, Guid.Empty, new());
        hosted.Admit(turn);

        var first = hosted.Read(0, TimeSpan.FromSeconds(2), default).AsTask();
        turn.Append(EventKind.MessageStarted, 0, []);
        Assert.False(first.IsCompleted);
        turn.Append(EventKind.TextDelta, 0, "text"u8);
        Assert.Equal(2, (await Soon.Happens(first, "the text is told")).NextSequence);

        var second = hosted.Read(2, TimeSpan.FromSeconds(2), default).AsTask();
        turn.Append(EventKind.ItemEnded, 0, []);
        turn.TellAll();
        Assert.Equal(3, (await Soon.Happens(second, "the end of the item is told")).NextSequence);
    }

    [Fact]
    public async Task Read_TurnThatIsForgottenMeanwhile_Ends()
    {
        var turn = _world.Turn(TurnWorld.Request(), "one");
        var hosted = new HostedTurn(turn.Request, Guid.Empty, new());
        hosted.Admit(turn);

        var read = hosted.Read(0, TimeSpan.FromSeconds(2), default).AsTask();
        hosted.Dispose();
        Assert.Equal(0, (await Soon.Happens(read, "the read ends with its turn")).NextSequence);

        var later = hosted.Read(0, TimeSpan.FromSeconds(1), default).AsTask();
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, (await Soon.Happens(later, "a later read ends when its time has elapsed")).NextSequence);
    }

    private static async Task<(byte[] Bytes, ulong[] Heads, ResponseSlice Last)> ReadAllAsync(HostedTurn turn)
    {
        List<byte> bytes = [];
        List<ulong> heads = [];
        while (true)
        {
            var slice = await turn.Read(heads.Count, TimeSpan.FromSeconds(2), default);
            bytes.AddRange(slice.Events.Bytes ?? []);
            heads.AddRange(slice.Events.Heads ?? []);
            Assert.Equal(heads.Count, slice.NextSequence);
            if (slice.IsTerminal)
            {
                return ([.. bytes], [.. heads], slice);
            }
        }
    }
}
