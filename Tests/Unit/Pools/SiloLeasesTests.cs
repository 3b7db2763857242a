using System.Net;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Secrets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>What a silo reports of its leases to a pool, and when, without the time passing after which leases are renewed.</summary>
public sealed class SiloLeasesTests
{
    private static readonly LeasedTurn Turn = new("request", "key", "model", default, 0);

    private readonly ScriptedPool _pool = new();
    private readonly SiloLeases _leases;

    public SiloLeasesTests() =>
        _leases = new(
            PoolInsteadOf.Create(null, _ => _pool),
            new CredentialSeal(new EphemeralVault()),
            new Here(),
            new FakeTimeProvider(),
            Options.Create(new PoolOptions()),
            NullLogger<SiloLeases>.Instance
        );

    [Fact]
    public void MarkAnswered_LittleIsLeft_ThePoolHearsOfItAtOnce()
    {
        var told = new RateLimitReport(new(100, 3, TimeSpan.FromSeconds(20)), null);

        Hold("a1").MarkAnswered(told);

        var renewed = Assert.Single(_pool.Renewed);
        Assert.Equal((told, "a1"), (renewed.RateLimits, renewed.Account));
        Assert.NotNull(renewed.AnsweredAgo);
    }

    [Fact]
    public async Task MarkAnswered_MuchIsLeft_ThePoolHearsOfItAtTheEnd()
    {
        var told = new RateLimitReport(new(1000, 900, TimeSpan.FromSeconds(20)), null);
        var held = Hold("a1");

        held.MarkAnswered(told);
        held.Settle(sent: true, 5, failure: null);
        await Soon.Happens(held.Settled, "the pool is told");

        Assert.Empty(_pool.Renewed);
        Assert.Equal(told, Assert.Single(_pool.Settlements).RateLimits);
    }

    [Fact]
    public void CountOf_HeldLeases_AreThoseThatNobodyHasSettled()
    {
        var first = Hold("a1");
        Hold("a2");

        first.Settle(sent: false, null, failure: null);
        first.Settle(sent: false, null, failure: null);

        Assert.Equal((1, 0), (_leases.CountOf("pool"), _leases.CountOf("another")));
    }

    private IHeldLease Hold(string account) =>
        _leases.Hold("pool", ((AcquireResult.Granted)ScriptedPool.Granted(account, "pool")).Lease, Turn);

    private sealed class Here : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "cluster";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => SiloAddress.New(IPAddress.Loopback, 11111, 1);

        public SiloAddress GatewayAddress => SiloAddress;
    }
}
