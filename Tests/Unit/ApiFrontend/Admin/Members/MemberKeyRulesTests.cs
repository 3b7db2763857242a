using FlowGpt.ApiFrontend.Admin.Members;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Members;

public sealed class MemberKeyRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly AdminIdentity Ann = new(AdminRole.Member, "Ann", "Ann [x]") { MemberId = "idp|ann" };

    private static readonly MemberOptions Options = new()
    {
        AllowedModels = "small; medium",
        MaxKeyLifetime = TimeSpan.FromDays(30),
        RequestsPerMinute = 10,
        TokensPerDay = 1000,
    };

    [Fact]
    public void Key_ThatAsksForNothing_GetsTheOperatorsLimits()
    {
        var (settings, error) = MemberKeyRules.Apply(new() { Name = "laptop" }, Options, Ann, Now);

        Assert.Null(error);
        Assert.Equal(
            ("laptop", "Ann", "idp|ann", Now.AddDays(30)),
            (settings!.Name, settings.Owner, settings.MemberId, settings.ExpiresAt)
        );
        Assert.Equal(["small", "medium"], settings.AllowedModels);
        Assert.Equal(new ApiKeyLimits { RequestsPerMinute = 10, TokensPerDay = 1000 }, settings.Limits);
    }

    [Fact]
    public void Key_WithinTheLimits_IsAsAsked()
    {
        var asked = new ApiKeySettings
        {
            Name = "laptop",
            AllowedModels = ["small"],
            ExpiresAt = Now.AddDays(1),
            Limits = new() { RequestsPerMinute = 10, TokensPerMinute = 50 },
        };

        var (settings, _) = MemberKeyRules.Apply(asked, Options, Ann, Now);

        Assert.Equal(["small"], settings!.AllowedModels);
        Assert.Equal(Now.AddDays(1), settings.ExpiresAt);
        Assert.Equal(
            new ApiKeyLimits
            {
                RequestsPerMinute = 10,
                TokensPerMinute = 50,
                TokensPerDay = 1000,
            },
            settings.Limits
        );
    }

    public static TheoryData<string> Fields { get; } =
    ["owner", "allowedPools", "enabled", "expiresAt", "allowedModels", "limits.requestsPerMinute", "limits.tokensPerDay"];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Key_ThatAsksForMore_IsRefusedByTheField(string field)
    {
        var asked = new ApiKeySettings { Name = "laptop" };
        asked = field switch
        {
            "owner" => asked with { Owner = "bob" },
            "allowedPools" => asked with { AllowedPools = ["p"] },
            "enabled" => asked with { Enabled = false },
            "expiresAt" => asked with { ExpiresAt = Now.AddDays(31) },
            "allowedModels" => asked with { AllowedModels = ["small", "large"] },
            "limits.requestsPerMinute" => asked with { Limits = new() { RequestsPerMinute = 11 } },
            _ => asked with { Limits = new() { TokensPerDay = 1001 } },
        };

        var (settings, error) = MemberKeyRules.Apply(asked, Options, Ann, Now);

        Assert.Null(settings);
        Assert.Equal((400, field), (error!.Status, error.Param));
    }
}
