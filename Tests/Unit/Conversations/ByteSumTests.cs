using FlowGpt.Grains.Conversations.Quota;
using FlowGpt.Grains.Interfaces.Conversations;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Conversations;

/// <summary>The stored bytes of a client key, counted over crashes, deletions and the expiry of records.</summary>
public sealed class ByteSumTests
{
    private const int Today = 1000;
    private const long Limit = 100_000;

    /// <summary>A step: which conversation changes, to how much; how many days pass before; whether the process crashes after.</summary>
    [Property(MaxTest = 2000)]
    public void AnyHistory_IsNeverCountedAsLessThanIsStoredAndAtMostABlockADayMore((byte Conversation, ushort Bytes, byte Step)[] history)
    {
        var (today, sum, record) = (Today, new ByteSum(new()), new StoredBytesRecord());
        var stored = new Dictionary<int, StoredBytes>();
        var (crashes, days) = (0, new HashSet<int>());
        foreach (var (conversation, bytes, step) in history)
        {
            today += step % 16 == 0 ? 1 : 0;
            var id = conversation % 8;
            var before = stored.GetValueOrDefault(id);
            var after = new StoredBytes(bytes, today + 5);
            days.Add(after.Until);
            Assert.True(sum.TryReplace(before, after, null, today));
            stored[id] = after;
            if (sum.IsBeyondRecord)
            {
                record = sum.Note(ByteSum.Block);
            }

            Assert.False(sum.IsBeyondRecord);
            if (step % 7 == 0)
            {
                crashes++;
                sum = new(record);
            }

            var held = stored.Values.Where(one => one.Until > today).Sum(static one => one.Bytes);
            Assert.InRange(sum.TotalOn(today), held, held + (crashes * days.Count * (ByteSum.Block + ushort.MaxValue)));
            if (crashes == 0)
            {
                Assert.Equal(held, sum.TotalOn(today));
            }
        }
    }

    [Property(MaxTest = 1000)]
    public void AnyChangesThatMustFit_NeverPassTheLimitAndDeletionsGiveBackAll((byte Conversation, ushort Bytes)[] history)
    {
        var sum = new ByteSum(new());
        var stored = new Dictionary<int, StoredBytes>();
        foreach (var (conversation, bytes) in history)
        {
            var before = stored.GetValueOrDefault(conversation % 8);
            var after = new StoredBytes(bytes, Today + 1);
            var held = sum.TotalOn(Today);
            if (sum.TryReplace(before, after, Limit, Today))
            {
                stored[conversation % 8] = after;
                Assert.True(sum.TotalOn(Today) <= Limit || after.Bytes <= before.Bytes);
            }
            else
            {
                Assert.Equal(held, sum.TotalOn(Today));
                Assert.True(held - before.Bytes + after.Bytes > Limit);
            }
        }

        foreach (var one in stored.Values)
        {
            Assert.True(sum.TryReplace(one, default, Limit, Today));
        }

        Assert.Equal(0, sum.TotalOn(Today));
    }

    [Fact]
    public void Total_OnTheDayOnWhichRecordsHaveEnded_IsGivenBack()
    {
        var sum = new ByteSum(new());
        sum.TryReplace(default, new(Limit, Today + 2), Limit, Today);

        Assert.False(sum.TryReplace(default, new(1, Today + 3), Limit, Today + 1));
        Assert.True(sum.TryReplace(default, new(Limit, Today + 4), Limit, Today + 2));
    }

    [Fact]
    public void Record_OfAnyNumberOfDays_HasAnEnd()
    {
        var sum = new ByteSum(new());
        for (var day = 1; day <= ByteSum.MostDays + 100; day++)
        {
            sum.TryReplace(default, new(long.MaxValue / 8192, Today + day), null, Today);
        }

        var record = sum.Note(ahead: 0);

        Assert.Equal(ByteSum.MostDays, record.Days.Count);
        Assert.InRange(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(record).Length, 1, 1 << 20);
    }
}
