namespace FlowGpt.Tests.Process.Faults;

/// <summary>Processes that are told to stop, and whose time for it is over before their streams are.</summary>
[Trait("Category", "Process")]
public sealed class DrainTests
{
    private const string Drain = "00:00:02";

    [Fact]
    public async Task Stop_StreamLongerThanTheDrain_IsEndedByAnErrorAndTheProcessExitsWithZero()
    {
        await using var cluster = await FaultCluster.StartAsync(
            new FaultClusterOptions
            {
                Silos = 1,
                Frontends = 1,
                SiloSettings = new Dictionary<string, string> { ["FlowGpt__Conversations__DrainTimeout"] = Drain },
                FrontendSettings = new Dictionary<string, string> { ["FlowGpt__Frontend__DrainTimeout"] = Drain },
            }
        );
        using var client = cluster.Nginx.NewClient(Timeout.InfiniteTimeSpan, reuse: false);

        foreach (var member in (ClusterMember[])[cluster.Frontends[0], cluster.Silos[0]])
        {
            var request = new LoadRequest($"drained{member.Port}", member.Name, LoadKind.LongStream, 300, 100);
            var text = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var stream = LoadClient.SendAsync(client, request, () => text.TrySetResult(), TestContext.Current.CancellationToken);
            await text.Task.WaitAsync(FaultCluster.Deadline);

            Assert.Equal(0, await member.StopAsync());
            await stream.WaitAsync(FaultCluster.Deadline);

            Assert.True(request is { Outcome: LoadOutcome.ErrorEvent, HasText: true }, $"{request}");
            await cluster.MakeWholeAsync();
        }
    }
}
