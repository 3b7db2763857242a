using FlowGpt.Grains.Usage;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Usage;

public sealed class UsageBacklogTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Age_OfNothing_IsZero() => Assert.Equal((0, TimeSpan.Zero), (new UsageBacklog().Count, new UsageBacklog().Age(Now)));

    [Property]
    public void Age_WhateverTheOrder_IsThatOfTheOldestLeft(byte[] ages, bool[] leave)
    {
        var backlog = new UsageBacklog();
        Array.ForEach(ages, age => backlog.Add(Now.AddSeconds(-age)));

        var left = new List<int>();
        foreach (var (index, age) in ages.Index())
        {
            if (index < leave.Length && leave[index])
            {
                backlog.Remove(Now.AddSeconds(-age));
            }
            else
            {
                left.Add(age);
            }
        }

        Assert.Equal(left.Count, backlog.Count);
        Assert.Equal(TimeSpan.FromSeconds(left.DefaultIfEmpty(0).Max()), backlog.Age(Now));
    }
}
