using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Keys;
using FlowGpt.Tests.Cluster.Usage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace FlowGpt.Tests.Cluster.Keys;

/// <summary>The grains of keys on two silos, over a storage whose faults the test chooses.</summary>
public sealed class ApiKeyGrainTests : IAsyncLifetime
{
    private const string Id = "0123456789abcdef";
    private const int Budget = 2000;
    private static readonly byte[] Hash = ApiKeyToken.Hash("key");
    private static readonly ApiKeyTerms Terms = new(new ApiKeyLimits { RequestsPerMinute = 1000, TokensPerDay = Budget }, 1);

    private readonly FaultyStorage _storage = new();
    private InProcessTestCluster _cluster = null!;
    private int _requests;

    private IApiKeyGrain Key => _cluster.Client.GetGrain<IApiKeyGrain>(Id);

    private IApiKeyUseGrain Use => _cluster.Client.GetGrain<IApiKeyUseGrain>(Id);

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddKeyedSingleton<IGrainStorage>("Default", _storage);
                silo.Services.AddSingleton<IGrainStorage>(_storage);
                silo.Services.AddClientKeys();
            }
        );
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Key_ThatWasNeverMade_IsUnknownAndCannotBeChanged()
    {
        Assert.Null(await Key.GetAccess());
        Assert.Equal(ApiKeyChangeStatus.NotFound, (await Key.Revoke()).Status);
        Assert.Equal(ApiKeyChangeStatus.NotFound, (await Key.Rotate(Hash, TimeSpan.Zero)).Status);
        Assert.Equal(ApiKeyChangeStatus.NotFound, (await Key.Update(new ApiKeySettings { Name = "x" }, 0)).Status);
    }

    [Fact]
    public async Task Create_Twice_IsDoneOnceAndAnotherSecretIsAConflict()
    {
        var settings = new ApiKeySettings { Name = "ada" };

        Assert.Equal(1, (await Key.Create(settings, Hash)).Info!.Version);
        Assert.Equal(1, (await Key.Create(settings, Hash)).Info!.Version);
        Assert.Equal(ApiKeyChangeStatus.Conflict, (await Key.Create(settings, ApiKeyToken.Hash("other"))).Status);
        Assert.Equal(ApiKeyChangeStatus.Conflict, (await Key.Update(settings, version: 7)).Status);
    }

    [Theory]
    [InlineData(StorageFault.BeforeCommit, true)]
    [InlineData(StorageFault.AfterCommit, true)]
    [InlineData(StorageFault.BeforeCommit, false)]
    [InlineData(StorageFault.AfterCommit, false)]
    public async Task TakingAway_WriteFails_IsInForceAtOnce_AndIsStoredOnceTheStorageTakesIt(StorageFault fault, bool revokes)
    {
        var settings = new ApiKeySettings { Name = "ada" };
        await Key.Create(settings, Hash);
        _storage.NextWrite = fault;

        var change = revokes ? await Key.Revoke() : await Key.Update(settings with { Enabled = false }, version: 1);

        Assert.Equal(ApiKeyChangeStatus.Done, change.Status);
        var access = (await Key.GetAccess())!;
        Assert.Equal((revokes, revokes), (access.Revoked, access.Enabled));
        await Soon.Becomes(
            StoredAsync,
            record => revokes ? record.RevokedAt is not null : !record.Settings.Enabled,
            "the write was repeated"
        );
    }

    /// <summary>A change that adds rights and cannot be stored does not undo an earlier change that removed rights and is not stored yet.</summary>
    [Fact]
    public async Task Giving_WriteFailsAfterTakingAwayThatIsNotStored_LeavesTheKeyAsItWas()
    {
        var settings = new ApiKeySettings { Name = "ada" };
        await Key.Create(settings, Hash);
        _storage.NextWrite = StorageFault.BeforeCommit;
        var disabled = await Key.Update(settings with { Enabled = false }, version: 1);
        _storage.NextWrite = StorageFault.AfterCommit;

        await Assert.ThrowsAnyAsync<Exception>(async () => await Key.Update(settings, disabled.Info!.Version));

        Assert.False((await Key.GetAccess())!.Enabled);
        await Soon.Becomes(StoredAsync, static record => !record.Settings.Enabled, "the write was repeated");
        Assert.True((await Key.Update(settings, (await Key.Get())!.Version)).Info!.Settings.Enabled);
    }

    [Theory]
    [InlineData(StorageFault.BeforeCommit)]
    [InlineData(StorageFault.AfterCommit)]
    public async Task Reserve_WriteFails_LetsNobodyInOnWhatIsNotNotedAndNeverMoreThanTheBudget(StorageFault fault)
    {
        var granted = 0L;
        for (var round = 0; round < 12; round++)
        {
            _storage.NextWrite = round % 3 == 1 ? fault : StorageFault.None;
            granted += await ReserveAsync(8);
        }

        Assert.InRange(granted, 100, Budget);
    }

    [Fact]
    public async Task Reserve_StorageIsDown_RefusesAsUnavailable()
    {
        _storage.NextWrite = StorageFault.BeforeCommit;

        var refused = Assert.IsType<KeyReserveResult.Refused>(await Use.Reserve(NewRequest()));

        Assert.Equal(KeyRefusal.Unavailable, refused.Reason);
    }

    [Fact]
    public async Task Reserve_SiloDiesMidway_NeverMoreThanTheBudget()
    {
        var granted = await ReserveAsync(7);
        var home = await _cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(Use);
        await _cluster.KillSiloAsync(_cluster.Silos.Single(silo => silo.SiloAddress.Equals(home)));
        for (var round = 0; round < 8; round++)
        {
            granted += await ReserveAsync(8);
        }

        Assert.InRange(granted, 700, Budget);
    }

    [Fact]
    public async Task Settle_TwiceAndUnknown_GivesBackOnce()
    {
        var request = NewRequest();
        var granted = Assert.IsType<KeyReserveResult.Granted>(await Use.Reserve(request));
        var settlement = new KeySettlement(request.RequestId, 30, granted.Tokens, granted.At);

        await Use.Settle(settlement);
        await Use.Settle(settlement);
        await Use.Settle(settlement with { RequestId = "unknown" });

        Assert.Equal(new KeyUse(0, 1, 0, 30, 30), await Use.GetUse());
    }

    [Fact]
    public async Task Use_AfterDeactivation_IsAsItWas()
    {
        var request = NewRequest();
        var granted = Assert.IsType<KeyReserveResult.Granted>(await Use.Reserve(request));
        await Use.Settle(new KeySettlement(request.RequestId, 30, granted.Tokens, granted.At));
        await Use.Reserve(NewRequest());

        await _cluster.DeactivateAsync(Use);

        Assert.Equal(new KeyUse(1, 2, 0, 30 + granted.Tokens, 30 + granted.Tokens), await Use.GetUse());
    }

    private async ValueTask<ApiKeyRecord> StoredAsync()
    {
        var state = new GrainState<ApiKeyRecord>(new());
        await _storage.ReadStateAsync("api-key", Key.GetGrainId(), state);
        return state.State!;
    }

    private async Task<long> ReserveAsync(int count)
    {
        var results = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => TryReserveAsync()));
        return results.OfType<KeyReserveResult.Granted>().Sum(static granted => granted.Tokens);
    }

    private async Task<KeyReserveResult?> TryReserveAsync()
    {
        try
        {
            return await Use.Reserve(NewRequest());
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return null;
        }
    }

    private KeyReserveRequest NewRequest() =>
        new(
            $"r{Interlocked.Increment(ref _requests)}",
            Terms,
            PromptTokens: 10,
            MaxReplyTokens: 90,
            TimeSpan.FromMinutes(5),
            HolderSilo: ""
        );
}
