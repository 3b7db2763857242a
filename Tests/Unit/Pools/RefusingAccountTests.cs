using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools.Health;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>One account that refuses everything with a bare 403 is no upstream that fails: others serve, also before anybody's first success.</summary>
public sealed class RefusingAccountTests
{
    private int _requests;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ThirdRefusalInARow_OfOneAccount_LeavesThePoolServing(bool atOnce)
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"), PoolDriver.Account("b"), PoolDriver.Account("c"));
        var requests = Enumerable.Range(0, 3).Select(_ => Request("a")).ToArray();
        Lease[] asked = atOnce ? [.. requests.Select(request => Ask(driver, request))] : [];

        for (var i = 0; i < requests.Length; i++)
        {
            var refused = atOnce ? asked[i] : Ask(driver, requests[i]);
            var refusals = ImmutableArray<Refusal>.Empty;
            if (refused.Account == "a")
            {
                driver.Settle(refused, PoolDriver.Refused());
                refusals = [new(refused.Id, "a", refused.GrantedAt, FailureReason.Refused, 403)];
                driver.Pass(0.1);
                Assert.Equal(BreakerState.Closed, driver.Pool.Breaker);
            }

            var served = refusals.IsEmpty
                ? refused
                : Ask(driver, requests[i] with { Refusals = refusals, ExcludedAccounts = ["a"], AffinityAccount = null });
            Assert.NotEqual("a", served.Account);
            driver.Settle(served);
            driver.Pass(0.1);
        }

        Assert.Equal(BreakerState.Closed, driver.Pool.Breaker);
        Assert.Single(driver.Account("a").Marks);
        Assert.Empty(driver.Account("b").Marks);
        Assert.Empty(driver.Account("c").Marks);
    }

    private AcquireRequest Request(string affinity) =>
        new($"r{++_requests}", $"k{_requests}", "m", affinity, [], 0, 0, TimeSpan.Zero, "silo")
        {
            Fingerprint = new Digest(0, (ulong)_requests),
        };

    private static Lease Ask(PoolDriver driver, AcquireRequest request) =>
        Assert.IsType<AcquireResult.Granted>(driver.Acquire(request)).Lease;
}
