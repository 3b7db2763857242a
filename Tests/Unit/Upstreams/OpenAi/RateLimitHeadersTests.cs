using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.OpenAi;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

public sealed class RateLimitHeadersTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("6ms", 0.006)]
    [InlineData("0s", 0)]
    [InlineData("1m30s", 90)]
    [InlineData("1h2m3.5s", 3723.5)]
    [InlineData("12", 12)]
    [InlineData("8760h", 604800)]
    public void Duration_AsServersWrite_IsRead(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RateLimitHeaders.Duration(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1s")]
    [InlineData("1x")]
    [InlineData("1..2s")]
    [InlineData("1m3")]
    public void Duration_AnythingElse_IsNone(string? text) => Assert.Null(RateLimitHeaders.Duration(text));

    [Fact]
    public void Read_AllHeaders_AreTold()
    {
        using var response = new HttpResponseMessage();
        response.Headers.Add("x-ratelimit-limit-requests", "60");
        response.Headers.Add("x-ratelimit-remaining-requests", "59");
        response.Headers.Add("x-ratelimit-reset-requests", "1s");
        response.Headers.Add("x-ratelimit-remaining-tokens", "149984");

        Assert.Equal(
            new RateLimitReport(new RateLimitWindow(60, 59, TimeSpan.FromSeconds(1)), new RateLimitWindow(null, 149984, null)),
            RateLimitHeaders.Read(response.Headers)
        );
    }

    [Fact]
    public void Read_NoneOrUnreadable_IsNull()
    {
        using var response = new HttpResponseMessage();
        response.Headers.Add("x-ratelimit-limit-requests", "-5");

        Assert.Null(RateLimitHeaders.Read(response.Headers));
    }

    [Fact]
    public void RetryAfter_Milliseconds_Win()
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("Retry-After", "7");
        Assert.Equal(TimeSpan.FromSeconds(7), RateLimitHeaders.RetryAfter(response.Headers, Now));

        response.Headers.TryAddWithoutValidation("retry-after-ms", "1500");
        Assert.Equal(TimeSpan.FromSeconds(1.5), RateLimitHeaders.RetryAfter(response.Headers, Now));
    }
}
