using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>What a pool books of turns whose silo died while it held a lease for them.</summary>
public sealed class LostTurnTests
{
    private const double Grace = 4;
    private static readonly DateTimeOffset Accepted = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly PoolDriver _driver = new(null, PoolDriver.Account("a"));

    [Fact]
    public void SiloDied_ATurnWasInFlight_IsBookedOnceAsAnEstimateWithAllItsCalls()
    {
        var lease = Grant("r1", earlier: ["b"]);
        _driver.Pool.Renew([new(lease.Id, "a", "dead", 500) { Used = 130 }], _driver.Now);

        _driver.Pool.SiloDied("dead", _driver.Now);
        Assert.Empty(_driver.Pool.LostTurns);
        _driver.Pass(Grace);
        _driver.Pool.SiloDied("dead", _driver.Now);
        _driver.Pass(Grace);

        var lost = Assert.Single(_driver.Pool.LostTurns);
        Assert.Equal(("r1", "key", "model", "a", Accepted), (lost.ResponseId, lost.ClientKeyId, lost.Model, lost.Account, lost.At));
        Assert.Equal(new TokenUsage(100, 30, 0), lost.Usage);
        Assert.Equal((TurnErrorKind.Interrupted, true), (lost.ErrorKind, lost.Estimated));
        Assert.Equal(["b", "a"], lost.Calls!);
    }

    [Fact]
    public void SiloDied_AfterTheLeaseRanOut_IsBookedThen()
    {
        Grant("r1");

        _driver.Pass(31);
        Assert.Empty(_driver.Pool.LostTurns);
        Assert.Equal(["dead"], _driver.Pool.Holders());
        _driver.Pool.SiloDied("dead", _driver.Now);

        Assert.Single(_driver.Pool.LostTurns);
        Assert.Empty(_driver.Pool.Holders());
    }

    [Fact]
    public void SiloDied_TurnsThatWereSettledOrAreStoredOrRunElsewhere_AreNotBookedHere()
    {
        _driver.Settle(Grant("settled"));
        Grant("stored", isStored: true);
        Grant("elsewhere", silo: "alive");

        _driver.Pool.SiloDied("dead", _driver.Now);
        _driver.Pass(Grace);

        Assert.Empty(_driver.Pool.LostTurns);
    }

    [Fact]
    public void SiloDied_TheSameRequestRunsAgain_TheNewTurnKeepsTheIdInTheBooks()
    {
        Grant("r1");
        Grant("r1", silo: "alive", accepted: Accepted.AddSeconds(1));

        _driver.Pool.SiloDied("dead", _driver.Now);
        _driver.Pass(Grace);

        Assert.StartsWith("r1-", Assert.Single(_driver.Pool.LostTurns).ResponseId, StringComparison.Ordinal);
    }

    [Fact]
    public void SiloDied_LeaseOfAnEarlierActivation_IsBookedToo()
    {
        var lease = Grant("r1", earlier: ["b"]);
        var held = new HeldLease(lease.Id, "a", "dead", 100) { Turn = new("r1", "key", "model", Accepted, 100) { EarlierCalls = ["b"] } };
        var next = new PoolDriver(_driver.Stored, null, PoolDriver.Account("a"));

        next.Pool.Renew([held], next.Now);
        next.Pool.SiloDied("dead", next.Now);
        next.Pass(Grace);

        Assert.Equal(["b", "a"], Assert.Single(next.Pool.LostTurns).Calls!);
    }

    private Lease Grant(
        string id,
        string silo = "dead",
        bool isStored = false,
        string[]? earlier = null,
        DateTimeOffset? accepted = null
    ) =>
        Assert
            .IsType<AcquireResult.Granted>(
                _driver.Acquire(
                    new AcquireRequest(id, "key", "model", null, [], 100, 400, TimeSpan.Zero, silo)
                    {
                        AcceptedAt = accepted ?? Accepted,
                        IsStored = isStored,
                        EarlierCalls = earlier,
                    }
                )
            )
            .Lease;
}
