using System.Net;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Simulator.Accounts;

public sealed class LimitModeTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 30, TimeSpan.Zero));

    [Fact]
    public async Task Observe_BeyondTheLimit_ServesAndCountsViolations()
    {
        await using var client = await SimulatorClient.StartAsync(Options(LimitMode.Observe));

        await client.TextAsync("a1", "one");
        await client.TextAsync("a1", "two");
        await client.TextAsync("a2", "three");

        var truth = client.Host.Truth.Snapshot();
        Assert.Equal(1, truth.Account("a1").Violations[LimitKind.RequestsPerMinute]);
        Assert.Equal(2, truth.Account("a1").Accepted);
        Assert.Equal(1, truth.TotalViolations);
    }

    [Theory]
    [InlineData(true, 40)]
    [InlineData(false, null)]
    public async Task Enforce_BeyondTheLimit_Answers429UntilTheWindowHasRoom(bool sendRetryAfter, int? retryAfter)
    {
        await using var client = await SimulatorClient.StartAsync(Options(LimitMode.Enforce) with { RetryAfterOnLimit = sendRetryAfter });
        await client.TextAsync("a1", "one");
        _clock.Advance(TimeSpan.FromSeconds(20));

        using var refused = await client.AskAsync("a1", "two");
        _clock.Advance(TimeSpan.FromSeconds(40));
        using var served = await client.AskAsync("a1", "three");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(retryAfter, (int?)refused.Headers.RetryAfter?.Delta?.TotalSeconds);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        var truth = client.Host.Truth.Account("a1");
        Assert.Equal(1, truth.Rejected[RejectReason.Limit]);
        Assert.Equal(1, truth.Violations[LimitKind.RequestsPerMinute]);
        Assert.Equal(2, truth.Accepted);
    }

    [Fact]
    public async Task Concurrent_SecondStreamWhileOneIsOpen_IsAViolation()
    {
        await using var client = await SimulatorClient.StartAsync(new SimulatorOptions { TimeProvider = _clock });
        client.Host.Truth.ConfigureAccount("a1", new AccountSettings { Limits = new AccountLimits { MaxConcurrent = 1 } });

        using var open = await client.AskAsync("a1", "hi [[sim: fault=stall-after]]");
        await client.TextAsync("a1", "second");

        var truth = client.Host.Truth.Account("a1");
        Assert.Equal((2, 1), (truth.PeakOpen, truth.Open));
        Assert.Equal(1, truth.Violations[LimitKind.Concurrent]);
    }

    [Fact]
    public async Task Concurrent_ClientThatLeftAnotherReplyJustBefore_IsNoViolation()
    {
        await using var client = await SimulatorClient.StartAsync(new SimulatorOptions { TimeProvider = _clock });
        client.Host.Truth.ConfigureAccount("a1", new AccountSettings { Limits = new AccountLimits { MaxConcurrent = 1 } });

        using (await client.AskAsync("a1", "hi [[sim: tokens=9 per=1m]]"))
        {
            await client.TextAsync("a1", "second");
        }

        var truth = (await client.Host.Truth.WaitUntilAsync(now => now.OpenStreams == 0, SimulatorClient.Deadline)).Account("a1");
        Assert.Equal(0, truth.TotalViolations);
        Assert.Equal((1, 1), ((int)truth.LateDisconnects, (int)truth.CutByClient));
    }

    [Fact]
    public async Task Place_OfAReplyThatWasReadToItsEnd_IsFree()
    {
        await using var client = await SimulatorClient.StartAsync(
            new SimulatorOptions { DefaultLimits = new AccountLimits { MaxConcurrent = 1 } }
        );

        for (var i = 0; i < 300; i++)
        {
            await client.TextAsync("a1", "hi [[sim: flush]]");
        }

        Assert.Equal(0, client.Host.Truth.Account("a1").TotalViolations);
    }

    private SimulatorOptions Options(LimitMode mode) =>
        new()
        {
            TimeProvider = _clock,
            LimitMode = mode,
            DefaultLimits = new AccountLimits { RequestsPerMinute = 1 },
        };
}
