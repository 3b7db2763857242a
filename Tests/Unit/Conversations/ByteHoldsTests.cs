using FlowGpt.Grains.Conversations.Quota;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Conversations;

/// <summary>Room that running replies hold: never more than there is, and given back with the reply.</summary>
public sealed class ByteHoldsTests
{
    private const long Room = 100_000;
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Property(MaxTest = 1000)]
    public void AnyHistory_HoldsWhatWasSetLastAndNeverMoreThanTheRoom((byte Holder, ushort Bytes)[] history)
    {
        var holds = new ByteHolds();
        var known = new Dictionary<string, long>();
        foreach (var (number, bytes) in history)
        {
            var holder = $"{number % 5}";
            var others = known.Where(one => one.Key != holder).Sum(static one => one.Value);
            var fits = bytes <= known.GetValueOrDefault(holder) || others + bytes <= Room;

            Assert.Equal(fits, holds.TrySet(holder, bytes, Room, Start));

            known[holder] = fits ? bytes : known.GetValueOrDefault(holder);
            Assert.Equal(known.Values.Sum(), holds.TotalAt(Start));
        }

        foreach (var holder in known.Keys)
        {
            Assert.True(holds.TrySet(holder, 0, 0, Start));
        }

        Assert.Equal(0, holds.TotalAt(Start));
    }

    [Fact]
    public void Hold_ThatNobodyRenews_EndsByItself()
    {
        var holds = new ByteHolds();
        Assert.True(holds.TrySet("a", Room, Room, Start));
        Assert.False(holds.TrySet("b", 1, Room, Start + ByteHolds.Longest - TimeSpan.FromTicks(1)));

        Assert.True(holds.TrySet("b", 1, Room, Start + ByteHolds.Longest));

        Assert.Equal(1, holds.TotalAt(Start + ByteHolds.Longest));
    }
}
