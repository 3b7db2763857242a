using FlowGpt.Grains.Timing;

namespace FlowGpt.Tests.Unit.Timing;

public sealed class ClusterTimingTests
{
    [Fact]
    public void Defaults_HaveNoProblems()
    {
        var timing = new ClusterTiming();

        Assert.Empty(timing.Problems());
        Assert.Equal(
            [TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6)],
            [timing.Fence, timing.LongestSilence, timing.DeadAfter]
        );
    }

    [Fact]
    public void Problems_AreAllNamed()
    {
        var timing = new ClusterTiming
        {
            Probe = TimeSpan.FromSeconds(2),
            LongestProbe = TimeSpan.FromSeconds(1),
            MissedProbes = 2,
            FenceAfter = TimeSpan.FromSeconds(1.5),
            Lease = TimeSpan.FromSeconds(2.9),
        };

        Assert.Collection(
            timing.Problems(),
            static one =>
                Assert.StartsWith("FlowGpt:Membership:MaxProbeTimeout is 00:00:01, less than ProbeTimeout", one, StringComparison.Ordinal),
            static one =>
                Assert.StartsWith("FlowGpt:Membership:FenceAfter is 00:00:01.5000000, more than two thirds", one, StringComparison.Ordinal),
            static one =>
                Assert.StartsWith(
                    "FlowGpt:Pool:LeaseTtl is 00:00:02.9000000, less than one and a half times",
                    one,
                    StringComparison.Ordinal
                ),
            static one =>
                Assert.StartsWith(
                    "FlowGpt:Membership:MaxProbeTimeout x MissedProbes is 00:00:02, less than 3 s",
                    one,
                    StringComparison.Ordinal
                )
        );
    }
}
