using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>A reply that is not stored is not read from the upstream much faster than its client reads.</summary>
public sealed class ReaderPaceTests : IDisposable
{
    private const int Chunks = 60;
    private const int ChunkBytes = 32 * 1024;
    private const int Bound = UnstoredJournal.MostUnread + ChunkBytes + 64;

    private readonly TurnWorld _world = new();
    private HostedTurn _hosted = null!;
    private Task _run = null!;
    private int _taken;
    private int _mostUnread;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Run_AReaderThatStops_TheLogStopsGrowing_AndTheReplyIsWholeOnceItReads()
    {
        var turn = Start(TurnWorld.Request());
        await Held(turn);

        var text = await ReadAllAsync();

        await Soon.Happens(_run, "the turn ends");
        Assert.Equal(Reply(), text);
        Assert.True(_mostUnread <= Bound, $"{_mostUnread} bytes of the log were unread.");
        Assert.Equal(ResponseStatus.Completed, turn.Log.Status);
    }

    /// <summary>The upstream is not silent while nobody asks it for more.</summary>
    [Fact]
    public async Task Run_HeldForLongerThanTheTimeout_IsNotEndedAsSilent()
    {
        var turn = Start(TurnWorld.Request());
        await Held(turn);

        _world.Time.Advance(turn.Request.Timeout * 3);

        Assert.Equal(Reply(), await ReadAllAsync());
        await Soon.Happens(_run, "the turn ends");
        Assert.Equal(ResponseStatus.Completed, turn.Log.Status);
    }

    [Fact]
    public async Task Stop_WhileHeld_EndsTheTurn()
    {
        var turn = Start(TurnWorld.Request());
        await Held(turn);

        turn.Stop(StopReason.Caller);

        await Soon.Happens(_run, "the turn ends");
        Assert.Equal((ResponseStatus.Cancelled, false), (turn.Log.Status, turn.IsHeld));
        Assert.True(turn.Log.Bytes.Length <= Bound, $"The log has {turn.Log.Bytes.Length} bytes.");
    }

    /// <summary>What is read again, or later, is made whether somebody reads now or not.</summary>
    [Theory]
    [InlineData(TurnLifetime.Background, false)]
    [InlineData(TurnLifetime.Attached, true)]
    public async Task Run_OfALifetimeOfItsOwn_NeverWaitsForReaders(TurnLifetime lifetime, bool idempotent)
    {
        var turn = Start(TurnWorld.Request() with { Lifetime = lifetime, IsIdempotent = idempotent });

        await Soon.Happens(_run, "the turn ends");

        Assert.Equal(Chunks * ChunkBytes, turn.Log.Bytes.Length);
    }

    /// <summary>The world's own journal stands for a conversation, which does not hold replies up.</summary>
    [Fact]
    public async Task Run_Stored_NeverWaitsForReaders()
    {
        var turn = Prepare(TurnWorld.Request() with { Lifetime = TurnLifetime.Stored });

        await _world.RunAsync(turn);

        Assert.Equal(Chunks * ChunkBytes, turn.Log.Bytes.Length);
    }

    /// <summary>Whoever has come furthest sets the pace; a second reader that begins late gets the same bytes.</summary>
    [Fact]
    public async Task Read_ASecondReaderFromTheStart_GetsTheSame()
    {
        Start(TurnWorld.Request());
        var first = ReadAllAsync();
        var second = ReadAllAsync();

        Assert.Equal(Reply(), await Soon.Happens(first, "the first reader is done"));
        Assert.Equal(Reply(), await Soon.Happens(second, "the second reader is done"));
    }

    private static Task<bool> Held(ActiveTurn turn) =>
        Soon.Becomes(() => new ValueTask<bool>(turn.IsHeld), static held => held, "the turn waits for its reader");

    private ActiveTurn Start(TurnRequest request)
    {
        var turn = Prepare(request);
        var turns = new HostedTurns(TurnRetention.Of(new TurnOptions()), new LocalTurns());
        _hosted = new HostedTurn(request, Guid.Empty, new());
        turns.Add(_hosted);
        _hosted.Admit(turn);
        _run = _world.Runner.RunAsync(turn, new UnstoredJournal(_hosted, turns, _world.Services, NullLogger.Instance));
        return turn;
    }

    private ActiveTurn Prepare(TurnRequest request)
    {
        var turn = _world.Turn(request, "one");
        var script = _world.Upstream("one").Next().Says("");
        for (var i = 0; i < Chunks; i++)
        {
            var chunk = Encoding.UTF8.GetBytes(Chunk(i));
            script.Gives(events =>
            {
                events.Append(EventKind.TextDelta, 0, chunk);
                _mostUnread = Math.Max(_mostUnread, turn.Log.SizeFrom(Volatile.Read(ref _taken)));
            });
        }

        script.Ends();
        return turn;
    }

    private async Task<string> ReadAllAsync()
    {
        var text = new StringBuilder();
        for (var next = 0; ; )
        {
            Volatile.Write(ref _taken, next);
            var slice = await Soon.Happens(_hosted.Read(next, TimeSpan.FromSeconds(2), default).AsTask(), "there is more");
            text.Append(slice.Events.Text());
            next = slice.NextSequence;
            if (slice.IsTerminal)
            {
                return text.ToString();
            }
        }
    }

    private static string Reply() => string.Concat(Enumerable.Range(0, Chunks).Select(Chunk));

    private static string Chunk(int number) => new((char)('a' + (number % 26)), ChunkBytes);
}
