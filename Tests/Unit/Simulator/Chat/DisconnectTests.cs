using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Simulator.Chat;

public sealed class DisconnectTests
{
    [Fact]
    public async Task Client_LeavesInTheMiddle_IsCountedWithExactlyWhatWasSent()
    {
        await using var client = await SimulatorClient.StartAsync(new SimulatorOptions { TimeProvider = new FakeTimeProvider() });

        using (var response = await client.AskAsync("a1", "hi [[sim: tokens=50 per=1s]]"))
        {
            await using var body = await response.Content.ReadAsStreamAsync(SimulatorClient.Deadline);
            await SimulatorClient.ReadLinesAsync(body, 1);
            var open = client.Host.Truth.Account("a1");
            Assert.Equal((1, 1), (open.Open, open.PeakOpen));
        }

        var truth = (await client.Host.Truth.WaitUntilAsync(now => now.OpenStreams == 0, SimulatorClient.Deadline)).Account("a1");
        Assert.Equal((0, 1), ((int)truth.Completed, (int)truth.CutByClient));
        Assert.Equal((1, 5), ((int)truth.Fragments, (int)truth.TextBytes));
        var exchange = Assert.Single(client.Host.Truth.Exchanges());
        Assert.Equal((ReplyEnd.CutByClient, "Echo:"), (exchange.End, exchange.Text));
    }

    [Fact]
    public async Task Client_LeavesBeforeTheFirstToken_IsCounted()
    {
        await using var client = await SimulatorClient.StartAsync(new SimulatorOptions { TimeProvider = new FakeTimeProvider() });
        using var leave = new CancellationTokenSource();

        var asked = client.AskAsync("a1", "hi [[sim: first=10s]]", leave.Token);
        await client.Host.Truth.WaitUntilAsync(now => now.OpenStreams == 1, SimulatorClient.Deadline);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        var truth = (await client.Host.Truth.WaitUntilAsync(now => now.OpenStreams == 0, SimulatorClient.Deadline)).Account("a1");
        Assert.Equal((1, 0), ((int)truth.CutByClient, (int)truth.Fragments));
    }

    [Fact]
    public async Task Connections_OpenedAndClosed_AreCounted()
    {
        var client = await SimulatorClient.StartAsync();
        await using var host = client.Host;
        await client.TextAsync("a1", "one");
        await client.TextAsync("a1", "two");

        Assert.Equal((1, 1), ((int)host.Truth.Snapshot().Global.Connections, (int)host.Truth.Snapshot().Global.OpenConnections));
        client.Http.Dispose();

        await host.Truth.WaitUntilAsync(now => now.Global.OpenConnections == 0, SimulatorClient.Deadline);
    }
}
