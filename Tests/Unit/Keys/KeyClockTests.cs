using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Keys.Limits;

namespace FlowGpt.Tests.Unit.Keys;

/// <summary>Budgets by the wall clock, which may be set, and in a time zone that has daylight-saving time.</summary>
public sealed class KeyClockTests
{
    private static readonly ApiKeyLimits Day = new() { TokensPerDay = 100 };

    private KeyMeter _meter = new(new KeyUseOptions());
    private DateTimeOffset _now = At("2026-03-10T12:00Z");
    private int _ids;

    [Fact]
    public void Reserve_WallClockStepsForward_IsTheNextDaysBudget()
    {
        UseUpTheDay();

        _meter.Calendar.Ahead = TimeSpan.FromHours(13);

        Assert.IsType<KeyReserveResult.Granted>(Reserve(Day));
        Assert.Equal(100, _meter.Use(_now).TokensToday);
    }

    /// <summary>A request of the day before returns nothing to the day to which the clock was set.</summary>
    [Fact]
    public void Settle_OfARequestFromBeforeTheStep_LeavesTheNewDayAlone()
    {
        Assert.IsType<KeyReserveResult.Granted>(Reserve(Day));
        var before = _now;
        _now += TimeSpan.FromSeconds(10);
        _meter.Calendar.Ahead = TimeSpan.FromHours(24);
        Assert.IsType<KeyReserveResult.Granted>(Reserve(Day));

        _meter.Settle(new KeySettlement("r1", 20, 100, before), _now);

        Assert.Equal(100, _meter.Use(_now).TokensToday);
    }

    [Fact]
    public void Placed_AClockThatWasAheadIsSetRight_LetsTheNextDayBegin()
    {
        _meter.Calendar.Ahead = TimeSpan.FromDays(500);
        UseUpTheDay();
        _meter.Calendar.Ahead = TimeSpan.Zero;
        Assert.IsType<KeyReserveResult.Refused>(Reserve(Day));

        _now += TimeSpan.FromHours(13);

        Assert.IsType<KeyReserveResult.Granted>(Reserve(Day));
    }

    [Fact]
    public void Restore_ByAClockThatWasSetBack_FreezesNothing()
    {
        var limits = new ApiKeyLimits
        {
            RequestsPerMinute = 1,
            MaxConcurrentRequests = 1,
            TokensPerDay = 100,
        };
        Assert.IsType<KeyReserveResult.Granted>(Reserve(limits));
        var stored = _meter.BeginWrite(_now);
        _now -= TimeSpan.FromDays(3);
        _meter = new KeyMeter(new KeyUseOptions());

        _meter.Restore(stored, _now);

        // What was reserved ahead counts as used too.
        Assert.Equal((1, 2L, 110L), (_meter.Use(_now).Running, _meter.Use(_now).RequestsInMinute, _meter.Use(_now).TokensToday));
        _now += TimeSpan.FromMinutes(2);
        Assert.Equal((0, 0L), (_meter.Use(_now).Running, _meter.Use(_now).RequestsInMinute));
        _now += TimeSpan.FromDays(1);
        Assert.IsType<KeyReserveResult.Granted>(Reserve(limits));
    }

    /// <summary>Use after a change of the clock counts on the wall clock's day, also for the next activation.</summary>
    [Fact]
    public void Restore_AfterAStepForward_KeepsTheDayOfTheWallClock()
    {
        _meter.Calendar.Ahead = TimeSpan.FromDays(1);
        UseUpTheDay();
        var stored = _meter.BeginWrite(_now, last: true);
        _now += TimeSpan.FromDays(1);
        _meter = new KeyMeter(new KeyUseOptions());

        _meter.Restore(stored, _now);

        Assert.Equal(100, _meter.Use(_now).TokensToday);
    }

    [Theory]
    [InlineData("2026-03-29T10:00Z", "2026-03-29T22:00Z")]
    [InlineData("2026-10-24T22:00Z", "2026-10-25T23:00Z")]
    [InlineData("2026-10-25T00:30Z", "2026-10-25T23:00Z")]
    [InlineData("2026-06-30T21:59Z", "2026-06-30T22:00Z")]
    public void Reserve_BudgetOfAZone_IsFreeAtItsNextMidnight(string now, string midnight)
    {
        _meter = new KeyMeter(new KeyUseOptions { TimeZone = "Europe/Berlin" });
        _now = At(now);
        UseUpTheDay();

        var refused = Assert.IsType<KeyReserveResult.Refused>(Reserve(Day));

        Assert.Equal((KeyRefusal.DayBudget, At(midnight)), (refused.Reason, _now + refused.RetryAfter!.Value));
        _now = At(midnight) - TimeSpan.FromMilliseconds(1);
        Assert.IsType<KeyReserveResult.Refused>(Reserve(Day));
        _now = At(midnight);
        Assert.IsType<KeyReserveResult.Granted>(Reserve(Day));
    }

    /// <summary>In Beirut the clocks go from 23:59 to 1:00: that day has no midnight.</summary>
    [Fact]
    public void Reserve_ADayWithoutMidnight_BeginsWithItsFirstInstant()
    {
        _meter = new KeyMeter(new KeyUseOptions { TimeZone = "Asia/Beirut" });
        _now = At("2026-03-28T12:00Z");
        UseUpTheDay();

        var refused = Assert.IsType<KeyReserveResult.Refused>(Reserve(Day));

        Assert.Equal(At("2026-03-28T22:00Z"), _now + refused.RetryAfter!.Value);
    }

    private void UseUpTheDay()
    {
        Assert.IsType<KeyReserveResult.Granted>(Reserve(Day));
        _meter.Settle(new KeySettlement($"r{_ids}", 100, 100, _now), _now);
    }

    private KeyReserveResult Reserve(ApiKeyLimits limits)
    {
        var request = new KeyReserveRequest($"r{++_ids}", new ApiKeyTerms(limits, 1), 20, 80, TimeSpan.FromMinutes(1), "silo");
        if (_meter.Reserve(request, _now) is { } result)
        {
            return result;
        }

        var record = _meter.BeginWrite(_now);
        _meter.EndWrite(record, true);
        return _meter.Reserve(request, _now)!;
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
