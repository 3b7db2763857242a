using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Keys.Limits;

namespace FlowGpt.Tests.Unit.Keys;

/// <summary>Tokens that are only reserved are waited for; settled use alone refuses.</summary>
public sealed class KeyQueueTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    private readonly KeyMeter _meter = new(new KeyUseOptions());
    private DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Windows => ["minute", "day", "month"];

    [Theory]
    [MemberData(nameof(Windows))]
    public void Reserve_OthersHoldWhatItNeeds_WaitsUntilTheySettle(string window)
    {
        var limits = LimitsOf(window);
        Granted("a", limits, 1000);

        Waits("b", limits, 500);
        Waits("b", limits, 500);
        Settle("a", 400);

        Granted("b", limits, 500);
        Assert.Equal(0, _meter.Use(_now).Waiting);
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Reserve_SettledUseLeavesTooLittle_IsRefusedAlsoWhileItWaits(string window)
    {
        var limits = LimitsOf(window);
        Granted("a", limits, 1000);
        Waits("b", limits, 500);

        Settle("a", 900);

        Assert.NotEqual(KeyRefusal.BudgetHeld, Refused("b", limits, 500).Reason);
        Assert.Equal(0, _meter.Use(_now).Waiting);
    }

    [Fact]
    public void Reserve_HeldMinuteAndABudgetUsedUp_IsRefusedForGood()
    {
        var limits = new ApiKeyLimits { TokensPerMinute = 1000, TokensPerDay = 1100 };
        Granted("a", limits, 900);
        Settle("a", 900);
        _now += TimeSpan.FromMinutes(2);
        Granted("b", limits, 150);

        Assert.Equal(KeyRefusal.DayBudget, Refused("c", limits, 1000).Reason);
    }

    /// <summary>What was reserved in an earlier minute is not in the way, and does not come back into this one.</summary>
    [Fact]
    public void Reserve_MinuteIsFullBySettledUse_BesideALongRequest_IsRefused()
    {
        var limits = new ApiKeyLimits { TokensPerMinute = 1000 };
        Granted("long", limits, 1000);
        _now += TimeSpan.FromSeconds(70);
        Granted("a", limits, 900);
        Settle("a", 900);

        Assert.Equal(KeyRefusal.TokensPerMinute, Refused("b", limits, 500).Reason);
    }

    [Fact]
    public void Reserve_InTheQueue_IsLetInInOrder_AndNobodyOvertakes()
    {
        var limits = LimitsOf("minute");
        Granted("a", limits, 600);
        Waits("large", limits, 800);
        Waits("small", limits, 10);

        Settle("a", 0);

        Waits("small", limits, 10);
        Granted("large", limits, 800);
        Granted("small", limits, 10);
    }

    [Fact]
    public void Reserve_NeedsNoTokens_PassesThoseThatWait()
    {
        var limits = LimitsOf("minute");
        Granted("a", limits, 1000);
        Waits("b", limits, 10);

        Granted("count", limits, 0);
    }

    [Fact]
    public void Reserve_ThatMayNotWait_IsRefusedAndDoesNotOvertake()
    {
        var limits = LimitsOf("minute");
        Granted("a", limits, 600);
        Waits("b", limits, 800);

        var refused = Assert.IsType<KeyReserveResult.Refused>(_meter.Reserve(Request("c", limits, 10) with { MaxWait = default }, _now));

        Assert.Equal((KeyRefusal.QueueFull, TimeSpan.FromSeconds(1)), (refused.Reason, refused.RetryAfter));
    }

    [Fact]
    public void Reserve_ItsTimeIsOver_IsRefusedAndTheNextHasItsTurn()
    {
        var limits = LimitsOf("minute");
        Granted("a", limits, 600);
        Waits("b", limits, 800);
        Waits("c", limits, 300);

        Assert.IsType<KeyReserveResult.Refused>(_meter.Reserve(Request("b", limits, 800) with { MaxWait = default }, _now));

        Granted("c", limits, 300);
    }

    [Fact]
    public void Settle_OfOneThatWaits_GivesItsPlaceBack()
    {
        var limits = LimitsOf("minute");
        Granted("a", limits, 600);
        Waits("b", limits, 800);
        Waits("c", limits, 300);

        _meter.Settle(new("b", null, 0, default), _now);

        Assert.False(_meter.IsWaiting("b"));
        Granted("c", limits, 300);
    }

    [Fact]
    public void Expire_OneThatNobodyAsksFor_LosesItsPlace()
    {
        var limits = LimitsOf("minute");
        Granted("a", limits, 600);
        Waits("lost", limits, 800);
        _now += TimeSpan.FromSeconds(9);
        Waits("c", limits, 500);
        _now += TimeSpan.FromSeconds(1);

        _meter.Expire(_now);

        Assert.Equal("c", _meter.FirstWaiting);
    }

    [Fact]
    public void Reserve_NoPlaceIsLeft_IsRefused()
    {
        var limits = LimitsOf("minute");
        Granted("a", limits, 1000);
        for (var i = 0; i < KeyQueue.Most; i++)
        {
            Waits($"w{i}", limits, 10);
        }

        Assert.Equal(TimeSpan.FromSeconds(1), Refused("one more", limits, 10).RetryAfter);
    }

    private static ApiKeyLimits LimitsOf(string window) =>
        window switch
        {
            "minute" => new() { TokensPerMinute = 1000 },
            "day" => new() { TokensPerDay = 1000 },
            _ => new() { TokensPerMonth = 1000 },
        };

    private static KeyReserveRequest Request(string id, ApiKeyLimits limits, long tokens) =>
        new(id, new ApiKeyTerms(limits, 1), tokens, 0, TimeSpan.FromMinutes(10), "silo") { MaxWait = Wait };

    private KeyReserveResult Reserve(string id, ApiKeyLimits limits, long tokens)
    {
        var request = Request(id, limits, tokens);
        if (_meter.Reserve(request, _now) is { } result)
        {
            return result;
        }

        _meter.EndWrite(_meter.BeginWrite(_now), succeeded: true);
        return _meter.Reserve(request, _now)!;
    }

    private void Granted(string id, ApiKeyLimits limits, long tokens) =>
        Assert.IsType<KeyReserveResult.Granted>(Reserve(id, limits, tokens));

    private void Waits(string id, ApiKeyLimits limits, long tokens) => Assert.IsType<KeyReserveResult.Waiting>(Reserve(id, limits, tokens));

    private KeyReserveResult.Refused Refused(string id, ApiKeyLimits limits, long tokens) =>
        Assert.IsType<KeyReserveResult.Refused>(Reserve(id, limits, tokens));

    private void Settle(string id, long tokens) => _meter.Settle(new(id, tokens, 0, _now), _now);
}
