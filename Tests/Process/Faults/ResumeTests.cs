namespace FlowGpt.Tests.Process.Faults;

/// <summary>A client that lost its connection asks again, and gets the reply that is being made for it.</summary>
[Collection(FaultTests.Name), Trait("Category", "Process")]
public sealed class ResumeTests(SharedFaultCluster shared)
{
    private const int Clients = 6;

    [Fact]
    public async Task KillOfAFrontend_ClientsAskAgainByTheirIdempotencyKey_GetTheSameReplyFromOneUpstreamCall()
    {
        var cluster = await shared.GetAsync();
        await cluster.MakeWholeAsync();
        using var client = cluster.Nginx.NewClient(Timeout.InfiniteTimeSpan, reuse: false);
        var stamp = $"{TimeProvider.System.GetTimestamp():x}";
        var requests = Enumerable.Range(0, Clients).Select(i => Request($"again{stamp}n{i}")).ToArray();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(FaultCluster.Deadline);
        var text = new SemaphoreSlim(0);

        var first = requests.Select(request => LoadClient.SendAsync(client, request, () => text.Release(), deadline.Token)).ToArray();
        while (!requests.All(static request => request.HasText))
        {
            await text.WaitAsync(deadline.Token);
        }

        await cluster.Frontends[0].KillAsync();
        await Task.WhenAll(first);
        var cut = requests.Where(static request => !request.IsServed).ToArray();
        var again = cut.Select(static request => Request(request.Marker)).ToArray();
        await Task.WhenAll(again.Select(request => LoadClient.SendAsync(client, request, static () => { }, deadline.Token)));

        Assert.NotEmpty(cut);
        Assert.All(cut, request => Assert.True(request is { Outcome: LoadOutcome.Cut, HasText: true }, $"{request}"));
        Assert.All(again, request => Assert.True(request.IsServed, $"{request}"));
        Assert.Equal(cut.Select(static request => request.ResponseId), again.Select(static request => request.ResponseId));
        Assert.All(requests, request => Assert.Equal(1, Calls(cluster, request)));
    }

    private static LoadRequest Request(string marker) =>
        new(marker, marker, LoadKind.LongStream, 80, 50) { IdempotencyKey = $"key-{marker}" };

    private static int Calls(FaultCluster cluster, LoadRequest request) =>
        cluster.Simulator.Truth.Exchanges().Count(exchange => exchange.Question.Contains(request.Marker, StringComparison.Ordinal));
}
