using FlowGpt.ApiFrontend.Admin.Dashboard;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Dashboard;

public sealed class DashboardSessionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 22, 0, 0, TimeSpan.Zero);

    private readonly DashboardSession _sessions = new("sk-admin-0123456789abcdef");

    [Fact]
    public void IsValid_OwnSession_UntilItsEnd()
    {
        var session = _sessions.Begin(Now);

        Assert.True(_sessions.IsValid(session, Now));
        Assert.True(_sessions.IsValid(session, Now + DashboardSession.Lifetime - TimeSpan.FromSeconds(1)));
        Assert.False(_sessions.IsValid(session, Now + DashboardSession.Lifetime));
    }

    [Fact]
    public void IsValid_SessionOfAnotherKeyOrALongerOne_IsNot()
    {
        var session = _sessions.Begin(Now);
        var longer = $"{long.Parse(session.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture) + 1}.{session.Split('.')[1]}";

        Assert.False(new DashboardSession("sk-admin-another-0123456789").IsValid(session, Now));
        Assert.False(_sessions.IsValid(longer, Now));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("9999999999.")]
    [InlineData("9999999999.zz")]
    [InlineData("9999999999.00000000000000000000000000000000000000000000000000000000000000zz")]
    [InlineData("9999999999.0000000000000000000000000000000000000000000000000000000000000000")]
    public void IsValid_AnythingElse_IsNot(string? session) => Assert.False(_sessions.IsValid(session, Now));
}
