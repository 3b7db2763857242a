using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>After a 429 of one model the account rests for that model; after a 429 of a second model during that time, for all models.</summary>
public sealed class ModelCoolDownTests
{
    private readonly PoolDriver _driver = new(null, PoolDriver.Account("a"));

    [Fact]
    public void Limited_ForOneModel_ServesOthers()
    {
        Limit("x", 20);

        var x = Assert.IsType<AcquireResult.Rejected>(Acquire("x"));
        Assert.InRange(x.RetryAfter!.Value.TotalSeconds, 19, 20);
        Assert.IsType<AcquireResult.Granted>(Acquire("y"));
        Assert.Equal(FailureReason.RateLimited, _driver.Account("a").CoolingDownFor);

        _driver.Pass(20);

        Assert.IsType<AcquireResult.Granted>(Acquire("x"));
        Assert.Equal(AccountState.Ready, _driver.Account("a").State);
    }

    [Fact]
    public void Limited_ForAnotherModelMeanwhile_ServesNone()
    {
        Limit("x", 60);
        Limit("y", 20);

        Assert.InRange(Assert.IsType<AcquireResult.Rejected>(Acquire("z")).RetryAfter!.Value.TotalSeconds, 19, 20);

        _driver.Pass(20);

        Assert.IsType<AcquireResult.Granted>(Acquire("z"));
        Assert.IsType<AcquireResult.Rejected>(Acquire("x"));
    }

    [Fact]
    public void Reset_EndsTheModelsCoolDown()
    {
        Limit("x", 600);

        _driver.Pool.Reset("a", _driver.Now);

        Assert.IsType<AcquireResult.Granted>(Acquire("x"));
    }

    private AcquireResult Acquire(string model) =>
        _driver.Acquire(new AcquireRequest("r", "k", "m", null, [], 0, 0, TimeSpan.Zero, "silo") { UpstreamModel = model });

    private void Limit(string model, double seconds) =>
        _driver.Settle(Assert.IsType<AcquireResult.Granted>(Acquire(model)).Lease, PoolDriver.RateLimited(seconds));
}
