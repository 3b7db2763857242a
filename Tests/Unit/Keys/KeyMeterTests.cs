using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Keys.Limits;

namespace FlowGpt.Tests.Unit.Keys;

public sealed class KeyMeterTests
{
    private static readonly ApiKeyLimits LargeDay = new() { TokensPerDay = 10_000 };

    private readonly KeyMeter _meter = new(new KeyUseOptions());
    private DateTimeOffset _now = new(2026, 1, 31, 23, 50, 0, TimeSpan.Zero);
    private int _ids;

    [Fact]
    public void Reserve_MinuteFull_SaysExactlyWhenItFits()
    {
        var limits = new ApiKeyLimits { RequestsPerMinute = 2 };
        Granted(limits);
        _now += TimeSpan.FromSeconds(20);
        Granted(limits);
        _now += TimeSpan.FromSeconds(10);

        var refused = Refused(limits);
        Assert.Equal((KeyRefusal.RequestsPerMinute, 2L, 2L), (refused.Reason, refused.Limit, refused.Used));
        _now += refused.RetryAfter!.Value - TimeSpan.FromMilliseconds(1);
        Refused(limits);
        _now += TimeSpan.FromMilliseconds(1);

        Granted(limits);
    }

    [Fact]
    public void Reserve_DayUsedUp_IsFreeWithTheNextDay()
    {
        var limits = new ApiKeyLimits { TokensPerDay = 100 };
        Granted(limits, prompt: 10, reply: 90);

        var refused = Refused(limits);
        Assert.Equal(KeyRefusal.BudgetHeld, refused.Reason);
        _meter.Settle(new KeySettlement("r1", 100, 100, _now), _now);
        refused = Refused(limits);
        Assert.Equal((KeyRefusal.DayBudget, TimeSpan.FromMinutes(10)), (refused.Reason, refused.RetryAfter!.Value));
        _now += refused.RetryAfter.Value;

        Granted(limits);
    }

    [Fact]
    public void Reserve_EndOfBudget_GetsWhatIsLeftIfThatIsAReply()
    {
        var limits = new ApiKeyLimits { TokensPerMonth = 1000 };
        Granted(limits, prompt: 100, reply: 700);

        Assert.Equal(200, Granted(limits, prompt: 100, reply: 700).Tokens);
        Assert.Equal(KeyRefusal.BudgetHeld, Refused(limits, prompt: 1).Reason);
    }

    [Fact]
    public void Reserve_MoreThanAMinuteHolds_NeedsAllOfItAndMoreThanThatIsTooLarge()
    {
        var limits = new ApiKeyLimits { TokensPerMinute = 500 };

        Assert.Equal(500, Granted(limits, prompt: 100, reply: 100_000).Tokens);
        Assert.Equal(KeyRefusal.TokensPerMinute, Refused(limits, prompt: 100, reply: 100_000).Reason);
        var refused = Refused(limits, prompt: 501);
        Assert.Equal((KeyRefusal.TooLarge, null), (refused.Reason, refused.RetryAfter));
    }

    [Fact]
    public void Reserve_SameRequestTwice_CountsOnce()
    {
        var request = NewRequest(new ApiKeyLimits { MaxConcurrentRequests = 1 }, 10, 90);

        Assert.IsType<KeyReserveResult.Granted>(_meter.Reserve(request, _now));
        Assert.IsType<KeyReserveResult.Granted>(_meter.Reserve(request, _now));

        Assert.Equal(1, _meter.Use(_now).Running);
    }

    [Fact]
    public void Settle_ThatNeverRan_GivesTheRequestBackToo()
    {
        var limits = new ApiKeyLimits { RequestsPerMinute = 1, TokensPerMinute = 1000 };
        Granted(limits);

        _meter.Settle(new KeySettlement("r1", null, 100, _now), _now);

        Assert.Equal(new KeyUse(0, 0, 0, 0, 0), _meter.Use(_now));
        Granted(limits);
    }

    [Fact]
    public void Expire_ItsTimeIsOver_FreesTheSlotAndKeepsTheTokens()
    {
        var limits = new ApiKeyLimits { MaxConcurrentRequests = 1, TokensPerDay = 1000 };
        var granted = Granted(limits);

        Assert.Equal(KeyRefusal.Concurrency, Refused(limits).Reason);
        _meter.Expire(granted.Expires);

        Assert.Equal(new KeyUse(0, 0, 0, 100, 100), _meter.Use(_now));
    }

    [Fact]
    public void Settle_OfARequestFromTheBlock_DoesNotFillTheBlockAgain()
    {
        ReserveTwoFromOneBlock(out var at);

        _meter.Settle(new KeySettlement("r1", 100, 500, at), _now);

        // A settlement may be reported again after a crash, and then corrects the block in storage.
        Assert.Null(_meter.Reserve(NewRequest(LargeDay, 10, 300), _now));
    }

    [Fact]
    public void Restore_AfterACrash_CountsTheBlockAndCorrectsItByEachSettlementOnce()
    {
        var stored = ReserveTwoFromOneBlock(out var at);
        var next = new KeyMeter(new KeyUseOptions());
        next.Restore(stored, _now);
        Assert.Equal(1000, next.Use(_now).TokensToday);

        next.Settle(new KeySettlement("r1", 100, 500, at), _now);
        next.Settle(new KeySettlement("r1", 100, 500, at), _now);

        Assert.Equal(600, next.Use(_now).TokensToday);
    }

    [Fact]
    public void Restore_SettlementToldAgainOfWhatEndedAtTheInstantOfTheRecord_ChangesNothing()
    {
        Granted(LargeDay);
        var settlement = new KeySettlement("r1", 100, 100, _now);
        _meter.Settle(settlement, _now);
        Assert.Null(_meter.Reserve(NewRequest(LargeDay, 10, 490), _now));
        var next = new KeyMeter(new KeyUseOptions());
        next.Restore(_meter.BeginWrite(_now), _now);
        var before = next.Use(_now).TokensToday;

        next.Settle(settlement with { Tokens = 0 }, _now);

        Assert.Equal(before, next.Use(_now).TokensToday);
    }

    [Fact]
    public void Reserve_AbsurdMaximum_ReservesOneBlock()
    {
        Assert.Equal(2058, Granted(LargeDay, prompt: 10, reply: int.MaxValue).Tokens);
        Assert.Equal(2058, _meter.Use(_now).TokensToday);
    }

    [Fact]
    public void TopUp_GivesWhatIsLeft_AndCountsEachTokenOnce()
    {
        var limits = new ApiKeyLimits { TokensPerDay = 3000 };
        var granted = Granted(limits, prompt: 10, reply: 100_000);

        Assert.Equal(2500, TopUp("r1", granted, granted.Tokens, upTo: 2500));
        Assert.Equal(2500, TopUp("r1", granted, granted.Tokens, upTo: 2500));
        Assert.Equal(3000, TopUp("r1", granted, 2500, upTo: 4000));
        Assert.Equal(3000, TopUp("r1", granted, 3000, upTo: 4000));
        Assert.Equal(3000, _meter.Use(_now).TokensToday);
    }

    [Fact]
    public void TopUp_OnTheNextDay_CountsThere()
    {
        var granted = Granted(LargeDay, prompt: 10, reply: 100_000);
        _now += TimeSpan.FromMinutes(4);
        TopUp("r1", granted, granted.Tokens, upTo: 3000);
        _now += TimeSpan.FromMinutes(0.5);
        TopUp("r1", granted, 3000, upTo: 4000);
        var today = _meter.Use(_now).TokensToday;
        Assert.Equal(4000, today);
        _now = new(2026, 2, 1, 0, 0, 1, TimeSpan.Zero);

        var other = Granted(LargeDay, prompt: 10, reply: 100_000);
        TopUp("r2", other, other.Tokens, upTo: 3000);
        _meter.Settle(new KeySettlement("r2", 2900, 3000, other.At), _now);

        Assert.Equal(2900, _meter.Use(_now).TokensToday);
    }

    [Fact]
    public void Settle_AfterTopUps_LeavesWhatWasUsed()
    {
        var limits = new ApiKeyLimits { TokensPerMinute = 10_000, TokensPerDay = 10_000 };
        var granted = Granted(limits, prompt: 10, reply: 100_000);
        TopUp("r1", granted, granted.Tokens, upTo: 4000);
        TopUp("r1", granted, 4000, upTo: 6000);

        _meter.Settle(new KeySettlement("r1", 4500, 6000, granted.At), _now);

        var use = _meter.Use(_now);
        Assert.Equal((4500L, 4500L), (use.TokensInMinute, use.TokensToday));
    }

    [Fact]
    public void Limits_OfAnOlderVersion_AreNotTakenBack()
    {
        Granted(new ApiKeyLimits { RequestsPerMinute = 1 }, version: 2);

        Assert.Equal(KeyRefusal.RequestsPerMinute, Refused(new ApiKeyLimits { RequestsPerMinute = 50 }, version: 1).Reason);
        Granted(new ApiKeyLimits { RequestsPerMinute = 50 }, version: 3);
    }

    private KeyUseRecord ReserveTwoFromOneBlock(out DateTimeOffset at)
    {
        var requests = new[] { NewRequest(LargeDay, 10, 490), NewRequest(LargeDay, 10, 490) };
        Assert.All(requests, request => Assert.Null(_meter.Reserve(request, _now)));
        // One more request, so that the block has a request left when its tokens are used up.
        Assert.Null(_meter.Reserve(NewRequest(LargeDay, 1, 1), _now));
        var stored = _meter.BeginWrite(_now);
        _meter.EndWrite(stored, succeeded: true);
        _now += TimeSpan.FromMilliseconds(1);
        Assert.All(requests, request => Assert.IsType<KeyReserveResult.Granted>(_meter.Reserve(request, _now)));
        at = _now;
        return stored;
    }

    private KeyReserveResult.Granted Granted(ApiKeyLimits limits, int prompt = 10, int reply = 90, long version = 1) =>
        Assert.IsType<KeyReserveResult.Granted>(Reserve(limits, prompt, reply, version));

    private KeyReserveResult.Refused Refused(ApiKeyLimits limits, int prompt = 10, int reply = 90, long version = 1) =>
        Assert.IsType<KeyReserveResult.Refused>(Reserve(limits, prompt, reply, version));

    private long TopUp(string id, KeyReserveResult.Granted granted, long reserved, long upTo)
    {
        var topUp = new KeyTopUp(id, upTo, reserved, granted.At, granted.Expires, "silo");
        while (true)
        {
            if (_meter.TopUp(topUp, _now) is { } total)
            {
                return total;
            }

            Assert.True(_meter.WriteWanted(_now));
            _meter.EndWrite(_meter.BeginWrite(_now), succeeded: true);
        }
    }

    private KeyReserveResult Reserve(ApiKeyLimits limits, int prompt, int reply, long version)
    {
        var request = NewRequest(limits, prompt, reply, version);
        while (true)
        {
            if (_meter.Reserve(request, _now) is { } result)
            {
                return result;
            }

            Assert.True(_meter.WriteWanted(_now));
            _meter.EndWrite(_meter.BeginWrite(_now), succeeded: true);
        }
    }

    private KeyReserveRequest NewRequest(ApiKeyLimits limits, int prompt, int reply, long version = 1) =>
        new($"r{++_ids}", new ApiKeyTerms(limits, version), prompt, reply, TimeSpan.FromMinutes(5), "silo");
}
