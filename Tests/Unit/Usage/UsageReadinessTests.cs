using FlowGpt.Silo.Hosting;

namespace FlowGpt.Tests.Unit.Usage;

public sealed class UsageReadinessTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(29, true)]
    [InlineData(30, false)]
    public void NotReadyBecause_UsageWaitsForStorage_SaysSo(int seconds, bool ready)
    {
        var usage = new RecordedUsage { OldestWaits = TimeSpan.FromSeconds(seconds) };

        Assert.Equal(ready, new UsageReadiness(usage).NotReadyBecause is null);
    }
}
