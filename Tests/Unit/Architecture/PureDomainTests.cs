using Mono.Cecil;

namespace FlowGpt.Tests.Unit.Architecture;

/// <summary>The rules beside the grains use no Orleans, no clock and no I/O, so that properties can be tested on them alone.</summary>
public sealed class PureDomainTests
{
    private const string Grains = "FlowGpt.Grains.";

    private static readonly string[] Namespaces =
    [
        "Blame",
        "Replies",
        "Pools.Choice",
        "Pools.Health",
        "Pools.Queueing",
        "Pools.Decisions",
        "Keys.Limits",
    ];

    private static readonly string[] Types =
    [
        "Reservations.Meter",
        "Reservations.MeterUse",
        "Reservations.CalendarWindow",
        "Reservations.WallCalendar",
        "Reservations.RateWindow",
        "Reservations.ReserveBlock",
        "Reservations.ReplyAllowance",
        "Reservations.WindowRecord",
        "Pools.TokenPool",
        "Pools.PoolAccount",
        "Pools.Leasing.LeaseBook",
        "Conversations.Conversation",
        "Turns.ResponseLog",
        "Turns.ContextFit",
        "Turns.RetryRules",
        "Conversations.Pending.PendingIndex",
        "Conversations.Pending.PendingEntry",
        "Conversations.Pending.PendingLook",
        "Accounts.AccountOverlays",
        "Affinity.AffinityIndex",
        "Affinity.ContextHash",
        "Isolation.IsolationRule",
        "Isolation.Moment",
        "Usage.UsageLedger",
        "Usage.UsageEventId",
        "Keys.ApiKeyRules",
        "Usage.UsageTable",
        "Usage.UsageTableFormat",
        "Usage.RollUps.UsageSummary",
    ];

    private static readonly string[] Forbidden =
    [
        "Orleans.",
        "System.TimeProvider",
        "System.IO.File",
        "System.IO.Directory",
        "System.Net.",
        "System.Threading.Timer",
        "Microsoft.Extensions.",
        "Microsoft.AspNetCore.",
    ];

    [Fact]
    public void PureTypes_OfTheDomain_UseNoOrleansNoClockAndNoIO()
    {
        using var module = SourceTree.Module("Grains");
        var pure = module.Types.Where(IsPure).ToArray();
        Assert.Equal(Types.Order(), pure.Select(static one => one.FullName[Grains.Length..]).Intersect(Types).Order());
        Assert.All(Namespaces, name => Assert.Contains(pure, one => one.Namespace == Grains + name));

        var offences = pure.SelectMany(static type => UsedTypes.Of(type).Select(used => $"{type.FullName} uses {used}"))
            .Where(static offence => Forbidden.Any(name => offence.Contains($" uses {name}", StringComparison.Ordinal)));
        Assert.Empty(offences.Distinct());
    }

    private static bool IsPure(TypeDefinition type) =>
        Namespaces.Any(name => type.Namespace == Grains + name) || Types.Any(name => type.FullName == Grains + name);
}
