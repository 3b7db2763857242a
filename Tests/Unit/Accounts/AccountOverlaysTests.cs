using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Secrets;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Accounts;

/// <summary>Configured accounts combined with the changes and accounts that the cluster stores.</summary>
public sealed class AccountOverlaysTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];
    private static readonly AccountSecrets Secrets = new(new EphemeralVault());

    [Property(MaxTest = 300)]
    public Property Merge_Always_KeepsEveryConfiguredAccountInItsPlaceWithItsOwnToken() =>
        Prop.ForAll(
            Worlds(),
            world =>
            {
                var merged = Merge(world);
                Assert.Equal(
                    world.Configured.Select(account => (account.Name, account.Fields["secret"])),
                    merged.Accounts.Take(world.Configured.Length).Select(account => (account.Name, account.Fields["secret"]))
                );
            }
        );

    [Property(MaxTest = 300)]
    public Property Merge_Always_HasNoNameAndNoUpstreamAccountTwiceAndLosesNoAddedOne() =>
        Prop.ForAll(
            Worlds(),
            world =>
            {
                var merged = Merge(world);
                var added = merged.Accounts.Skip(world.Configured.Length).ToArray();
                Assert.Equal(merged.Accounts.Length, merged.Accounts.Select(account => account.Name).Distinct().Count());
                Assert.All(added, one => Assert.DoesNotContain(world.Everywhere, other => other.UpstreamId == one.UpstreamId));
                Assert.All(added, one => Assert.Equal(AccountOrigin.Api, one.Origin));
                Assert.Equal(
                    world.Overlays.Where(overlay => overlay.IsWhole).Select(overlay => overlay.Name).Order(),
                    added.Select(account => account.Name).Concat(merged.Hidden.Select(one => one.Name)).Order()
                );
            }
        );

    [Property(MaxTest = 300)]
    public Property Merge_Overlay_OverridesExactlyWhatItSays() =>
        Prop.ForAll(
            Worlds(),
            world =>
            {
                foreach (var account in Merge(world).Accounts)
                {
                    var configured = world.Configured.FirstOrDefault(one => one.Name == account.Name);
                    var overlay = world.Overlays.FirstOrDefault(one => one.Name == account.Name && one.IsWhole == (configured is null));
                    Assert.Equal(overlay?.Weight ?? configured?.Weight ?? 1, account.Weight);
                    Assert.Equal(overlay?.Limits ?? configured?.Limits ?? AccountLimits.None, account.Limits);
                    Assert.Equal(overlay?.Mode == AccountMode.Draining, account.Draining);
                    Assert.Equal(overlay?.Mode is { } mode ? mode != AccountMode.Disabled : configured?.Enabled ?? true, account.Enabled);
                }
            }
        );

    [Property(MaxTest = 300)]
    public Property Apply_AChangeTwice_IsAChangeOnceAndClearingEverythingLeavesNothing() =>
        Prop.ForAll(
            Changes(),
            change =>
            {
                var once = AccountChanges.Apply(new() { Name = "a" }, AccountLimits.None, change, TestSchema.Instance, Secrets);
                var twice = AccountChanges.Apply(once, AccountLimits.None, change, TestSchema.Instance, Secrets);
                Assert.Equal(once, twice);

                var cleared = AccountChanges.Apply(
                    once,
                    AccountLimits.None,
                    new() { Cleared = ["weight", "mode", "limits"] },
                    TestSchema.Instance,
                    Secrets
                );
                Assert.True(cleared.IsEmpty);
            }
        );

    [Fact]
    public void Reveal_OfAnotherAccountsToken_IsSealed()
    {
        var overlay = Whole("a", "token-of-a");

        Assert.Equal("token-of-a", Secrets.Reveal(overlay, TestSchema.Instance).Fields["secret"]);
        var moved = Secrets.Reveal(overlay with { Name = "b" }, TestSchema.Instance);
        Assert.True(moved.Sealed);
        Assert.Empty(moved.Fields);
    }

    private static OverlaidAccounts Merge(World world) =>
        AccountOverlays.Merge(
            world.Configured,
            world.Everywhere,
            world.Overlays,
            "",
            static overlay => Secrets.Reveal(overlay, TestSchema.Instance)
        );

    private static AccountOverlay Whole(string name, string token) =>
        AccountChanges.Apply(
            new() { Name = name },
            AccountLimits.None,
            new() { Fields = TestSchema.Of(token) },
            TestSchema.Instance,
            Secrets
        ) with
        {
            UpstreamId = token,
        };

    private static Arbitrary<World> Worlds()
    {
        var account =
            from name in Gen.Elements(Names)
            from upstream in Gen.Choose(1, 8)
            from weight in Gen.Choose(1, 3)
            from enabled in Gen.Elements(true, false)
            from limit in Gen.Elements<int?>(null, 5)
            select AccountDefinitions.Create(name, TestSchema.Instance, TestSchema.Of($"token-{upstream}")) with
            {
                UpstreamId = $"token-{upstream}",
                Weight = weight,
                Enabled = enabled,
                Limits = new() { RequestsPerMinute = limit },
            };
        var overlay =
            from name in Gen.Elements(Names)
            from upstream in Gen.Choose(1, 8)
            from whole in Gen.Elements(true, false)
            from mode in Gen.Elements<AccountMode?>(null, AccountMode.Enabled, AccountMode.Disabled, AccountMode.Draining)
            from weight in Gen.Elements<int?>(null, 7)
            from limit in Gen.Elements<AccountLimits?>(null, AccountLimits.None, new AccountLimits { MaxConcurrent = 1 })
            select (whole ? Whole(name, $"token-{upstream}") : new AccountOverlay { Name = name }) with
            {
                Mode = mode,
                Weight = weight,
                Limits = limit,
            };
        var world =
            from here in Gen.ListOf(account)
            from elsewhere in Gen.ListOf(account)
            from overlays in Gen.ListOf(overlay)
            select World.Of(here, elsewhere, overlays);
        return Arb.From(world);
    }

    private static Arbitrary<AccountChange> Changes() =>
        Arb.From(
            from weight in Gen.Elements<long?>(null, 2, 3)
            from mode in Gen.Elements<AccountMode?>(null, AccountMode.Disabled, AccountMode.Draining)
            from limits in Gen.Elements<ImmutableArray<LimitValue>?>(null, [new("requestsPerDay", 5)], [new("maxConcurrent", null)])
            select new AccountChange
            {
                Weight = weight,
                Mode = mode,
                Limits = limits,
            }
        );

    /// <summary>Valid accounts: within the configuration and within the overlays each name and each upstream account is unique.</summary>
    private sealed record World(
        ImmutableArray<AccountDefinition> Configured,
        ImmutableArray<AccountDefinition> Everywhere,
        ImmutableArray<AccountOverlay> Overlays
    )
    {
        public static World Of(
            IEnumerable<AccountDefinition> here,
            IEnumerable<AccountDefinition> elsewhere,
            IEnumerable<AccountOverlay> overlays
        )
        {
            ImmutableArray<AccountDefinition> every =
            [
                .. here.Select(account => (account, true))
                    .Concat(elsewhere.Select(account => (account, false)))
                    .DistinctBy(one => one.account.Name)
                    .DistinctBy(one => one.account.UpstreamId)
                    .Select(one => one.account with { Pool = one.Item2 ? "here" : "elsewhere" }),
            ];
            return new(
                [.. every.Where(account => account.Pool == "here")],
                every,
                [.. overlays.DistinctBy(one => one.Name).DistinctBy(one => one.UpstreamId ?? one.Name)]
            );
        }
    }
}
