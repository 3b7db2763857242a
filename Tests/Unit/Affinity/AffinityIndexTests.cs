using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Digests;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Affinity;

public sealed class AffinityIndexTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Take_Twice_GivesTheThreadOnce()
    {
        var index = new AffinityIndex(8, TimeSpan.FromHours(1));
        index.Put(Context(1), new UpstreamThread("a", "c1", "p"), Start);

        Assert.Equal(new UpstreamThread("a", "c1", "p"), index.Take(Context(1), Start));
        Assert.Null(index.Take(Context(1), Start));
    }

    [Fact]
    public void Take_AtTheEndOfItsTime_GivesNothing()
    {
        var index = new AffinityIndex(8, TimeSpan.FromHours(1));
        index.Put(Context(1), new UpstreamThread("a", "c1", "p"), Start);

        Assert.Null(index.Take(Context(1), Start.AddHours(1)));
    }

    [Property]
    public void Put_AnyNumber_NeverHoldsMoreThanItsCapacityAndKeepsTheNewest(byte[] contexts, byte size)
    {
        var capacity = (size % 8) + 1;
        var index = new AffinityIndex(capacity, TimeSpan.FromHours(1));
        for (var i = 0; i < contexts.Length; i++)
        {
            index.Put(Context(contexts[i]), new UpstreamThread("a", i.ToString(), "p"), Start);
            Assert.InRange(index.Count, 1, capacity);
        }

        var newest = contexts.Select((context, i) => (context, i)).Reverse().DistinctBy(entry => entry.context).Take(capacity);
        foreach (var (context, i) in newest)
        {
            Assert.Equal(i.ToString(), index.Take(Context(context), Start)?.ConversationId);
        }

        Assert.Equal(0, index.Count);
    }

    private static Digest Context(byte number) => new(0, number);
}
