using System.Text;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Interfaces.Turns;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Conversations;

public sealed class ResponseLogTests
{
    private static readonly ResponseOutcome Stopped = new(FinishReason.Stop, new TokenUsage(1, 2, 0), null);

    [Property]
    public void TextFrom_AnySequence_IsExactlyTheRest(string?[] fragments, byte from)
    {
        var entries = fragments
            .Where(fragment => !string.IsNullOrEmpty(fragment))
            .Select(fragment => Encoding.UTF8.GetBytes(fragment!))
            .ToArray();
        var log = new ResponseLog();
        foreach (var fragment in fragments)
        {
            log.Append(Encoding.UTF8.GetBytes(fragment ?? ""));
        }

        var sequence = entries.Length == 0 ? 0 : from % (entries.Length + 1);

        Assert.Equal(entries.Length, log.NextSequence);
        Assert.Equal(entries.Skip(sequence).SelectMany(bytes => bytes), log.TextFrom(sequence));
        Assert.Equal(entries.SelectMany(bytes => bytes), log.Text.ToArray());
    }

    [Fact]
    public void TextFrom_TakenBeforeLaterAppends_DoesNotChange()
    {
        var log = new ResponseLog();
        log.Append("first "u8);
        var slice = log.TextFrom(0);

        log.Append("second"u8);

        Assert.Equal("first "u8.ToArray(), slice);
        Assert.Equal("second"u8.ToArray(), log.TextFrom(1));
    }

    [Fact]
    public void HasNews_OpenLogReadToItsEnd_IsFalseUntilItCloses()
    {
        var log = new ResponseLog();
        log.Append("text"u8);
        Assert.True(log.HasNews(0));
        Assert.False(log.HasNews(1));

        log.Close(ResponseStatus.Completed, Stopped);

        Assert.True(log.HasNews(1));
        Assert.Equal(ResponseStatus.Completed, log.Status);
    }

    [Fact]
    public void Close_Twice_FirstEndStands()
    {
        var log = new ResponseLog();
        log.Close(ResponseStatus.Completed, Stopped);

        log.Close(ResponseStatus.Failed, new ResponseOutcome(null, default, new TurnError(TurnErrorKind.Internal, "late")));

        Assert.Equal(ResponseStatus.Completed, log.Status);
        Assert.Same(Stopped, log.Outcome);
        Assert.Throws<InvalidOperationException>(() => log.Append("more"u8));
    }
}
