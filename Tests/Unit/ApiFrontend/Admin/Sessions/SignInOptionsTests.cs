using FlowGpt.ApiFrontend.Admin.Sessions;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Sessions;

public sealed class SignInOptionsTests
{
    [Fact]
    public void Validate_EveryProblem_IsListed()
    {
        var options = new SignInOptions
        {
            SessionLifetime = TimeSpan.Zero,
            OpenIdConnect = new()
            {
                Authority = "http://idp.example.com",
                Scopes = "profile",
                ViewerGroups = "*",
            },
        };

        var problems = new SignInOptionsValidator().Validate(null, options).Failures!.ToArray();

        Assert.Equal(
            [
                "FlowGpt:SignIn:SessionLifetime",
                "FlowGpt:SignIn:OpenIdConnect:Authority",
                "FlowGpt:SignIn:OpenIdConnect:ClientId",
                "FlowGpt:SignIn:OpenIdConnect:Scopes",
                "FlowGpt:SignIn:OpenIdConnect:ViewerGroups",
            ],
            problems.Select(static one => one.Split(' ')[0])
        );
        Assert.True(new SignInOptionsValidator().Validate(null, new()).Succeeded);
    }

    [Theory]
    [InlineData("ops staff", "Admin")]
    [InlineData("audit staff", "Viewer")]
    [InlineData("audit ops", "Admin")]
    [InlineData("staff", "Member")]
    [InlineData("", "None")]
    [InlineData("OPS", "None")]
    public void Role_OfGroups_IsTheGreatest(string groups, string role)
    {
        var provider = new SignInOptions.OpenIdConnectSettings
        {
            AdminGroups = "ops; root",
            ViewerGroups = "audit",
            MemberGroups = "staff",
        };

        Assert.Equal(role, SignInRoles.Of(provider, groups.Split(' ')).ToString());
    }

    [Fact]
    public void Role_OfEverybody_IsMember() => Assert.Equal(AdminRole.Member, SignInRoles.Of(new() { MemberGroups = "*" }, []));
}
