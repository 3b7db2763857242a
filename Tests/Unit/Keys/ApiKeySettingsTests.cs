using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Tests.Unit.Keys;

/// <summary>Which changes of a key only remove rights, so that they need neither the audit log nor a working storage.</summary>
public sealed class ApiKeySettingsTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 28, 0, 0, 0, TimeSpan.Zero);

    private static readonly ApiKeySettings Some = new()
    {
        Name = "ada",
        ExpiresAt = Day,
        AllowedModels = ["a", "b"],
        AllowedPools = ["p", "q"],
        Limits = new() { TokensPerDay = 100, MaxConcurrentRequests = 4 },
        MaxStoredBytes = 1000,
    };

    public static TheoryData<string, ApiKeySettings, ApiKeySettings, bool> Changes { get; } =
        new()
        {
            { "nothing", Some, Some, true },
            { "disabled", Some, Some with { Enabled = false }, true },
            { "enabled", Some with { Enabled = false }, Some, false },
            { "sooner", Some, Some with { ExpiresAt = Day.AddDays(-1) }, true },
            { "later", Some, Some with { ExpiresAt = Day.AddDays(1) }, false },
            { "never", Some, Some with { ExpiresAt = null }, false },
            {
                "at all",
                new(),
                new() { ExpiresAt = Day },
                true
            },
            { "fewer models", Some, Some with { AllowedModels = ["b"] }, true },
            { "other models", Some, Some with { AllowedModels = ["b", "c"] }, false },
            { "all models", Some, Some with { AllowedModels = [] }, false },
            {
                "some models",
                new(),
                new() { AllowedModels = ["a"] },
                true
            },
            { "fewer pools", Some, Some with { AllowedPools = ["q"] }, true },
            { "all pools", Some, Some with { AllowedPools = [] }, false },
            { "lower limit", Some, Some with { Limits = Some.Limits with { TokensPerDay = 99 } }, true },
            { "another limit", Some, Some with { Limits = Some.Limits with { RequestsPerMinute = 1 } }, true },
            { "higher limit", Some, Some with { Limits = Some.Limits with { MaxConcurrentRequests = 5 } }, false },
            { "a limit less", Some, Some with { Limits = Some.Limits with { TokensPerDay = null } }, false },
            { "fewer bytes", Some, Some with { MaxStoredBytes = 999 }, true },
            { "more bytes", Some, Some with { MaxStoredBytes = 1001 }, false },
            { "bytes without a limit", Some, Some with { MaxStoredBytes = 0 }, false },
            { "standard bytes", Some, Some with { MaxStoredBytes = null }, false },
            { "a limit of bytes", Some with { MaxStoredBytes = 0 }, Some, true },
            { "bytes where the standard was", Some with { MaxStoredBytes = null }, Some, false },
            { "another name", Some, Some with { Name = "bob", Enabled = false }, false },
            { "disabled and more", Some, Some with { Enabled = false, ExpiresAt = null }, false },
        };

    [Theory]
    [MemberData(nameof(Changes))]
    public void OnlyTakeAwayFrom_AChange_SaysWhetherNothingIsGiven(string name, ApiKeySettings before, ApiKeySettings after, bool takesAway)
    {
        Assert.NotEmpty(name);
        Assert.Equal(takesAway, after.OnlyTakeAwayFrom(before));
    }
}
