using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Keys;
using FlowGpt.Tests.Cluster.Usage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace FlowGpt.Tests.Cluster.Keys;

/// <summary>Turns of two silos that wait for tokens that another turn of their key holds.</summary>
public sealed class ApiKeyWaitTests : IAsyncLifetime
{
    private const string Id = "0123456789abcdef";
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private readonly FaultyStorage _storage = new();
    private ApiKeyTerms _terms = new(new ApiKeyLimits { TokensPerMinute = 1000 }, 1);
    private InProcessTestCluster _cluster = null!;
    private int _turns;

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
    public async Task Await_HolderSettles_IsLetInInTheOrderInWhichTheyCame()
    {
        var holder = await ReserveAsync(0, 1000);
        var (first, second) = (await ReserveAsync(1, 900), await ReserveAsync(0, 900));
        var (one, two) = (AwaitAsync(1, first), AwaitAsync(0, second));
        Assert.Equal(2, (await Use.GetUse()).Waiting);

        await Keys(0).SettleAsync(holder, 50);

        Assert.Null(await Soon.Happens(one, "the first is let in"));
        Assert.False(two.IsCompleted);
        Assert.Equal((1, 1), await CountsAsync());
        await Keys(1).SettleAsync(first, 50);
        Assert.Null(await Soon.Happens(two, "the second is let in"));
        Assert.Equal((1, 0), await CountsAsync());
    }

    [Fact]
    public async Task Await_Stopped_GivesThePlaceBack()
    {
        var holder = await ReserveAsync(0, 1000);
        using var leaving = new CancellationTokenSource();
        var (leaver, next) = (await ReserveAsync(0, 900), await ReserveAsync(1, 900));
        var (left, waiting) = (AwaitAsync(0, leaver, stopping: leaving.Token), AwaitAsync(1, next));

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await Soon.Becomes(CountsValueAsync, static counts => counts == (1, 1), "the place is given back");
        await Keys(0).SettleAsync(holder, 50);
        Assert.Null(await Soon.Happens(waiting, "the next is let in"));
        Assert.Equal((1, 0), await CountsAsync());
    }

    [Fact]
    public async Task Await_TheTimePasses_IsRefusedAndSaysWhenToComeBack()
    {
        await ReserveAsync(0, 1000);
        var late = await ReserveAsync(0, 900);

        var error = await AwaitAsync(0, late, maxWait: TimeSpan.FromMilliseconds(300));

        Assert.Equal((TurnErrorKind.KeyTokenLimit, TimeSpan.FromSeconds(1)), (error!.Kind, error.RetryAfter));
        Assert.Equal((1, 0), await CountsAsync());
    }

    [Fact]
    public async Task Await_SettledUseLeavesNothing_IsRefusedAtOnce()
    {
        var holder = await ReserveAsync(0, 1000);
        var waiting = AwaitAsync(1, await ReserveAsync(1, 900));

        await Keys(0).SettleAsync(holder, 1000);

        var error = await Soon.Happens(waiting, "it is refused");
        Assert.Equal(TurnErrorKind.KeyTokenLimit, error!.Kind);
        Assert.InRange(error.RetryAfter!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(61));
    }

    [Fact]
    public async Task Await_TheKeyMoves_AsksForItsPlaceAgain()
    {
        _terms = new(new ApiKeyLimits { TokensPerDay = 1000 }, 1);
        var holder = await ReserveAsync(0, 1000);
        var waiting = AwaitAsync(0, await ReserveAsync(0, 900));

        await Soon.Happens(_cluster.DeactivateAsync(Use), "the key moves while it is waited for");
        Assert.False(waiting.IsCompleted);
        await Keys(0).SettleAsync(holder, 50);

        Assert.Null(await Soon.Happens(waiting, "it is let in"));
    }

    private IKeyReservations Keys(int silo) =>
        _cluster.GetSiloServiceProvider(_cluster.Silos[silo].SiloAddress).GetRequiredService<IKeyReservations>();

    private async Task<HeldKeyUse> ReserveAsync(int silo, int tokens)
    {
        var turn = new TurnRequest
        {
            ResponseId = $"turn{_turns++}",
            ClientKeyId = Id,
            Route = "m",
            Input = [],
            Timeout = Long,
            Terms = _terms,
            Sampling = new() { MaxOutputTokens = 0 },
        };
        var use = await Keys(silo).ReserveAsync(turn, tokens, Long);
        Assert.Null(use.Error);
        return use;
    }

    private Task<TurnError?> AwaitAsync(int silo, HeldKeyUse use, TimeSpan? maxWait = null, CancellationToken stopping = default)
    {
        Assert.NotNull(use.Waiting);
        return Keys(silo).AwaitAsync(use, maxWait ?? Long, stopping).AsTask();
    }

    private async Task<(int Running, int Waiting)> CountsAsync()
    {
        var use = await Use.GetUse();
        return (use.Running, use.Waiting);
    }

    private async ValueTask<(int Running, int Waiting)> CountsValueAsync() => await CountsAsync();
}
