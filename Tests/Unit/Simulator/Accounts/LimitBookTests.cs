using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Tests.Unit.Simulator.Accounts;

public sealed class LimitBookTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 30, TimeSpan.Zero);

    [Theory]
    [InlineData(WindowKind.Sliding, 1)]
    [InlineData(WindowKind.Fixed, 0)]
    public void Check_TwoBurstsAroundAFullMinute_ViolateOnlyASlidingWindow(WindowKind windows, long violations)
    {
        var book = new LimitBook(new AccountLimits { RequestsPerMinute = 2, Windows = windows });
        foreach (var second in new[] { 28, 29, 31 })
        {
            book.Check(Start.AddSeconds(second), 0, 0);
            book.ChargeRequest(Start.AddSeconds(second), 0);
        }

        Assert.Equal(violations, book.Violations(LimitKind.RequestsPerMinute));
    }

    [Fact]
    public void Check_SeveralLimitsExceeded_CountsEachAndWaitsForTheLast()
    {
        var book = new LimitBook(
            new AccountLimits
            {
                RequestsPerMinute = 1,
                RequestsPerHour = 1,
                RequestsPerDay = 2,
                MaxConcurrent = 1,
            }
        );
        book.ChargeRequest(Start, 0);

        var wait = book.Check(Start.AddSeconds(20), 0, open: 1);

        Assert.Equal(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(20), wait);
        Assert.Equal(1, book.Violations(LimitKind.RequestsPerMinute));
        Assert.Equal(1, book.Violations(LimitKind.RequestsPerHour));
        Assert.Equal(0, book.Violations(LimitKind.RequestsPerDay));
        Assert.Equal(1, book.Violations(LimitKind.Concurrent));
    }

    [Fact]
    public void ChargeReply_BeyondTheTokenLimit_CountsOneViolationAtTheTimeOfTheRequest()
    {
        var book = new LimitBook(new AccountLimits { TokensPerMinute = 100 });
        Assert.Null(book.Check(Start, 40, 0));
        book.ChargeRequest(Start, 40);

        book.ChargeReply(Start, Start.AddSeconds(30), 61);
        book.ChargeReply(Start, Start.AddSeconds(31), 10);

        Assert.Equal(1, book.Violations(LimitKind.TokensPerMinute));
        Assert.Equal(111, book.Used(LimitKind.TokensPerMinute, Start.AddSeconds(59)));
        Assert.Equal(0, book.Used(LimitKind.TokensPerMinute, Start.AddSeconds(60)));
    }

    [Fact]
    public void ForgiveConcurrent_WithinTheGrace_TakesOneViolationBack()
    {
        var book = new LimitBook(new AccountLimits { MaxConcurrent = 1 });
        book.Check(Start, 0, open: 1);
        book.Check(Start.AddMilliseconds(200), 0, open: 1);

        Assert.True(book.ForgiveConcurrent(Start.AddMilliseconds(300), TimeSpan.FromMilliseconds(250)));
        Assert.False(book.ForgiveConcurrent(Start.AddMilliseconds(300), TimeSpan.FromMilliseconds(250)));

        Assert.Equal(1, book.Violations(LimitKind.Concurrent));
    }
}
