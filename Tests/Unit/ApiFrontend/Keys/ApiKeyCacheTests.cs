using FlowGpt.ApiFrontend.Keys;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Keys;

public sealed class ApiKeyCacheTests
{
    private const string Id = "0123456789abcdef";
    private static readonly string Key = ApiKeyToken.Format(Id, new byte[ApiKeyToken.SecretBytes]);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeGrains _grains;
    private readonly FakeApiKey _key = new() { Access = FakeApiKey.Good(Key) };
    private readonly ClientKeyOptions _options = new() { MaxRemembered = 100 };
    private readonly ApiKeyCache _cache;

    public ApiKeyCacheTests()
    {
        _grains = new FakeGrains(_time);
        _grains.Keys[Id] = _key;
        _cache = new ApiKeyCache(_grains.Factory, _time, Options.Create(_options), NullLogger<ApiKeyCache>.Instance);
    }

    [Fact]
    public async Task Get_Revoked_IsSeenNoLaterThanTheCacheTimeAfterTheAnswerWasAskedFor()
    {
        Assert.False((await GetAsync(Id)).Access!.Revoked);
        _key.Access = _key.Access! with { Revoked = true };

        _time.Advance(_options.CacheFor);

        Assert.True(_options.CacheFor <= TimeSpan.FromSeconds(1));
        Assert.True((await GetAsync(Id)).Access!.Revoked);
    }

    [Fact]
    public async Task Get_SlowAnswer_IsNoFresherThanWhenItWasAskedFor()
    {
        var gate = new TaskCompletionSource();
        _key.Gate = gate.Task;
        var first = GetAsync(Id);
        _key.Access = _key.Access! with { Revoked = true };
        _time.Advance(_options.CacheFor);
        gate.SetResult();

        Assert.False((await first).Access!.Revoked);
        Assert.True((await GetAsync(Id)).Access!.Revoked);
    }

    [Fact]
    public async Task Get_InUse_IsReadAheadOnceAndNobodyWaits()
    {
        await GetAsync(Id);
        _key.Gate = new TaskCompletionSource().Task;
        _time.Advance(_options.CacheFor * 0.6);

        for (var i = 0; i < 50; i++)
        {
            Assert.True(GetAsync(Id).IsCompletedSuccessfully);
        }

        Assert.Equal(2, _key.Reads);
    }

    [Fact]
    public async Task Get_ManyAtOnce_IsOneCall()
    {
        var gate = new TaskCompletionSource();
        _key.Gate = gate.Task;

        var all = Enumerable.Range(0, 50).Select(_ => GetAsync(Id)).ToArray();
        gate.SetResult();

        Assert.All(await Task.WhenAll(all), lookup => Assert.NotNull(lookup.Access));
        Assert.Equal(1, _key.Reads);
    }

    [Fact]
    public async Task Get_NobodyAnswers_ServesWhatIsFreshAndThenKnowsNothing()
    {
        await GetAsync(Id);
        _key.Failure = new InvalidOperationException("The cluster is gone.");

        _time.Advance(_options.CacheFor * 0.9);
        Assert.True((await GetAsync(Id)).IsKnown);
        _time.Advance(_options.CacheFor * 0.1);

        Assert.False((await GetAsync(Id)).IsKnown);
    }

    [Fact]
    public async Task Get_CallHangs_EndsWithItsTimeLimit()
    {
        _key.Gate = new TaskCompletionSource().Task;

        var lookup = GetAsync(Id);
        Assert.False(lookup.IsCompleted);
        _time.Advance(_options.LookupTimeout);

        Assert.False((await lookup).IsKnown);
    }

    [Fact]
    public async Task Get_UnknownId_WakesNoGrainAndIsRememberedAsBriefly()
    {
        const string Unknown = "fedcba9876543210";
        Assert.Equal((true, null), ((await GetAsync(Unknown)).IsKnown, (await GetAsync(Unknown)).Access));
        Assert.False(_grains.Keys.ContainsKey(Unknown));
        _grains.Keys[Unknown] = new FakeApiKey { Access = FakeApiKey.Good(Key) };
        Assert.Null((await GetAsync(Unknown)).Access);

        _time.Advance(_options.CacheFor);

        Assert.NotNull((await GetAsync(Unknown)).Access);
    }

    [Fact]
    public async Task Get_GuessedIds_AreBounded()
    {
        for (var i = 0; i < 1000; i++)
        {
            await GetAsync($"{i:x16}");
        }

        Assert.InRange(_cache.Count, 1, _options.MaxRemembered);
        _time.Advance(_options.CacheFor);
        await GetAsync(Id);
        Assert.Equal(1, _cache.Count);
    }

    private async Task<ApiKeyLookup> GetAsync(string id) =>
        await _cache.GetAsync(id, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
