using FlowGpt.ApiFrontend.Usage;
using FlowGpt.Grains.Interfaces.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FlowGpt.Tests.Unit.ApiFrontend.Usage;

/// <summary>Days of usage queries in a zone that has daylight-saving time, and in one that is not whole hours from UTC.</summary>
public sealed class UsageCalendarTests
{
    private static readonly UsageCalendar Berlin = new(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));

    [Theory]
    [InlineData("2026-03-28T23:00Z", 23)]
    [InlineData("2026-10-24T22:00Z", 25)]
    [InlineData("2026-07-01T22:00Z", 24)]
    public void EndOf_ADayOverAChangeOfTheClocks_IsTheNextMidnightThere(string midnight, double hours)
    {
        var start = At(midnight);

        Assert.Equal(start, Berlin.DayOf(start + TimeSpan.FromHours(hours) - TimeSpan.FromSeconds(1)));
        Assert.Equal(start + TimeSpan.FromHours(hours), Berlin.EndOf(start, UsageBucketWidth.Day));
    }

    [Fact]
    public void RollUps_OfDaysThere_CoverEachHourOnceAndStayInOneDayOfBothCalendars()
    {
        var (start, end) = (At("2026-10-23T22:00Z"), At("2026-10-26T23:00Z"));

        var pieces = UsageReader.RollUps(start, end, Berlin).ToList();

        Assert.Equal(start, pieces[0].Start);
        Assert.Equal(end, pieces[^1].End);
        Assert.All(pieces.Zip(pieces.Skip(1)), static pair => Assert.Equal(pair.First.End, pair.Second.Start));
        Assert.All(pieces, static piece => Assert.Equal(piece.Start.Date, (piece.End - TimeSpan.FromTicks(1)).Date));
        Assert.All(pieces, static piece => Assert.Equal(Berlin.DayOf(piece.Start), Berlin.DayOf(piece.End - TimeSpan.FromTicks(1))));
    }

    [Fact]
    public void EndOf_AZoneOfHalfHours_AlwaysMovesOn()
    {
        var kolkata = new UsageCalendar(TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata"));
        var time = At("2026-05-01T00:00Z");

        for (var day = 0; day < 10; day++)
        {
            var next = kolkata.EndOf(time, UsageBucketWidth.Day);
            Assert.InRange((next - time).TotalHours, 1, 24);
            Assert.Equal(18, next.Hour);
            time = next;
        }
    }

    [Fact]
    public void Read_DateWithoutAnOffset_IsTheDayThere()
    {
        var query = new QueryCollection(QueryHelpers.ParseQuery("start_time=2026-07-01&end_time=2026-07-02T00:00Z"));

        Assert.Null(UsageParameters.Read(query, At("2026-07-03T00:00Z"), true, Berlin, out var question));

        Assert.Equal((At("2026-06-30T22:00Z"), At("2026-07-02T00:00Z")), (question!.Start, question.End));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
