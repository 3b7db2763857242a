using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Tests.Cluster.Pools;
using FlowGpt.Tests.Cluster.Usage;

namespace FlowGpt.Tests.Cluster.Accounts;

/// <summary>Changes of accounts over a storage that fails.</summary>
public sealed class AccountRegistryGrainTests : IAsyncLifetime
{
    private readonly PoolCluster _cluster = new();

    private IAccountRegistryGrain Registry => _cluster.Cluster.Client.GetGrain<IAccountRegistryGrain>(IAccountRegistryGrain.Key);

    public ValueTask InitializeAsync() => new(_cluster.Start());

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData("accounts", StorageFault.BeforeCommit, false)]
    [InlineData("accounts", StorageFault.AfterCommit, true)]
    [InlineData("registry", StorageFault.BeforeCommit, false)]
    [InlineData("registry", StorageFault.AfterCommit, false)]
    public async Task Add_StorageFails_ThrowsAndWhatIsStoredIsWhatIsInForce(string state, StorageFault fault, bool stored)
    {
        (_cluster.Storage.OnlyState, _cluster.Storage.NextWrite) = (state, fault);

        await Assert.ThrowsAnyAsync<Exception>(async () => await Registry.Add(_cluster.Name, "b1", Change("token-of-b1")));

        await Soon.Becomes(async () => (await NamesAsync()).Contains("b1"), isThere => isThere == stored, "what is stored is in force");
        var again = await Registry.Add(_cluster.Name, "b1", Change("token-of-b1"));
        Assert.Equal(stored ? typeof(AccountChangeResult.Conflict) : typeof(AccountChangeResult.Done), again.GetType());
        Assert.Equal(["b1"], await NamesAsync());
    }

    [Fact]
    public async Task Change_StorageFails_ThrowsAndNothingChanges()
    {
        await Registry.Add(_cluster.Name, "b1", Change("token-of-b1"));
        (_cluster.Storage.OnlyState, _cluster.Storage.NextWrite) = ("accounts", StorageFault.BeforeCommit);

        await Assert.ThrowsAnyAsync<Exception>(async () => await Registry.Change(_cluster.Name, "b1", new() { Weight = 7 }));

        Assert.Equal(1, (await SnapshotAsync()).Accounts[0].Weight);
        Assert.IsType<AccountChangeResult.Done>(await Registry.Change(_cluster.Name, "b1", new() { Weight = 7 }));
        Assert.Equal(7, (await SnapshotAsync()).Accounts[0].Weight);
    }

    /// <summary>A full storage must not keep an account in use that its operator wants out.</summary>
    [Theory]
    [InlineData(AccountMode.Disabled, AccountState.Disabled, StorageFault.BeforeCommit)]
    [InlineData(AccountMode.Disabled, AccountState.Disabled, StorageFault.AfterCommit)]
    [InlineData(AccountMode.Draining, AccountState.Draining, StorageFault.BeforeCommit)]
    public async Task TakingOutOfUse_StorageFails_IsInForceAtOnceAndWrittenAfterwards(
        AccountMode mode,
        AccountState state,
        StorageFault fault
    )
    {
        await Registry.Add(_cluster.Name, "b1", Change("token-of-b1"));
        (_cluster.Storage.OnlyState, _cluster.Storage.NextWrite) = ("accounts", fault);

        Assert.IsType<AccountChangeResult.Done>(await Registry.Change(_cluster.Name, "b1", new() { Mode = mode }));

        Assert.Equal(state, (await SnapshotAsync()).Accounts[0].State);
        await Soon.Becomes(
            () => ValueTask.FromResult(_cluster.Storage.Records<PoolAccountsRecord>("accounts")),
            records => records.Any(record => record.Overlays.Any(one => one.Mode == mode)),
            "it is written"
        );
        Assert.IsType<AccountChangeResult.Done>(await Registry.Change(_cluster.Name, "b1", new() { Mode = AccountMode.Enabled }));
        Assert.Equal(AccountState.Ready, (await SnapshotAsync()).Accounts[0].State);
    }

    [Fact]
    public async Task ConfiguredAccount_OfTheNameOfAnAddedOne_HidesIt()
    {
        await Registry.Add(_cluster.Name, "b1", Change("token-of-b1"));

        _cluster.Define(("b1", AccountLimits.None));

        var pool = await Soon.Becomes(SnapshotAsync, pool => pool.Hidden.Length == 1, "the added account gives way");
        Assert.Equal(AccountOrigin.Configuration, Assert.Single(pool.Accounts).Origin);
        _cluster.Define();
        pool = await Soon.Becomes(SnapshotAsync, pool => pool.Hidden.IsEmpty, "it is back");
        Assert.Equal(AccountOrigin.Api, Assert.Single(pool.Accounts).Origin);
    }

    private static AccountChange Change(string token) =>
        new() { Fields = ImmutableDictionary<string, string>.Empty.Add("bearerToken", token) };

    private async ValueTask<PoolSnapshot> SnapshotAsync() => await _cluster.Pool.GetSnapshot();

    private async Task<string[]> NamesAsync() => [.. (await _cluster.Pool.GetSnapshot()).Accounts.Select(account => account.Name)];
}
