using FlowGpt.ApiFrontend.Http;

namespace FlowGpt.Tests.Unit.ApiFrontend.Http;

public sealed class RateLimitHeadersTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(-5, "0s")]
    [InlineData(6, "6ms")]
    [InlineData(999.2, "1s")]
    [InlineData(1000, "1s")]
    [InlineData(59_500, "59.5s")]
    [InlineData(90_000, "1m30s")]
    [InlineData(3_600_000, "1h0m0s")]
    [InlineData(7_505_000, "2h5m5s")]
    public void Duration_Milliseconds_AreWrittenAsOpenAiDoes(double milliseconds, string expected) =>
        Assert.Equal(expected, RateLimitHeaders.Duration(TimeSpan.FromMilliseconds(milliseconds)));
}
