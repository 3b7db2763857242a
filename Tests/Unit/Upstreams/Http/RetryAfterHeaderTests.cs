using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Tests.Unit.Upstreams.Http;

public sealed class RetryAfterHeaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0)]
    [InlineData(" 120 ", 120)]
    [InlineData("1.5", 1.5)]
    [InlineData("99999999999999", 604800)]
    [InlineData("Mon, 05 Jan 2026 12:00:30 GMT", 30)]
    [InlineData("Monday, 05-Jan-26 12:00:30 GMT", 30)]
    [InlineData("Mon, 05 Jan 2026 11:59:00 GMT", 0)]
    [InlineData("Sat, 05 Jan 2030 12:00:00 GMT", 604800)]
    public void Parse_SecondsOrDate_GivesTheWait(string value, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryAfterHeader.Parse(value, Now));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("NaN")]
    public void Parse_AnythingElse_IsNull(string? value) => Assert.Null(RetryAfterHeader.Parse(value, Now));
}
