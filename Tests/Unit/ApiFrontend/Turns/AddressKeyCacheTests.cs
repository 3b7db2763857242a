using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Turns;

/// <summary>Every frontend soon makes and reads ids with a new key, and an id of an unknown key causes no request to a grain.</summary>
public sealed class AddressKeyCacheTests
{
    private static readonly ResponseAddress Address = new("key", AddressKind.Conversation, "c1", Guid.Empty);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeGrains _grains;
    private readonly AddressKeyCache _cache;

    public AddressKeyCacheTests()
    {
        _grains = new FakeGrains(_time);
        _cache = new AddressKeyCache(_grains.Factory, _time, NullLogger<AddressKeyCache>.Instance);
    }

    [Fact]
    public async Task Read_AnIdOfAKeyThatAnotherFrontendLearntOfFirst_IsUnderstood()
    {
        await LoadAsync();
        var old = _cache.Codec.Mint("resp_", Address);
        await _grains.AddressKeys.Rotate();
        _time.Advance(AddressKeyCache.AskedAgainAfter);

        var read = await _cache.ReadAsync("resp_", _grains.AddressKeys.Codec.Mint("resp_", Address), "key");

        Assert.Equal(Address, read);
        Assert.Equal(Address, await _cache.ReadAsync("resp_", old, "key"));
    }

    [Fact]
    public async Task Load_KeysThatAreAMinuteOld_AreAskedForAgain_AndTheNewestMints()
    {
        await LoadAsync();
        await _grains.AddressKeys.Rotate();
        _time.Advance(AddressKeyCache.FreshFor);

        await LoadAsync();

        Assert.Equal(_grains.AddressKeys.Codec.Mint("resp_", Address), _cache.Codec.Mint("resp_", Address));
    }

    [Fact]
    public async Task Read_MadeUpIds_AskForKeysOnceInAWhile()
    {
        await LoadAsync();
        var foreign = new AddressCodec(new AddressKeys([new AddressKey(77, new byte[32])])).Mint("resp_", Address);
        _time.Advance(AddressKeyCache.AskedAgainAfter);

        for (var i = 0; i < 10; i++)
        {
            Assert.Null(await _cache.ReadAsync("resp_", foreign, "key"));
            Assert.Null(await _cache.ReadAsync("resp_", "resp_0", "key"));
        }

        Assert.Equal(2, _grains.AddressKeys.Reads);
    }

    [Fact]
    public async Task Load_TheClusterDoesNotAnswerAgain_TheKeysThatAreThereServe()
    {
        await LoadAsync();
        _grains.AddressKeys.Failures = 1;
        _time.Advance(AddressKeyCache.FreshFor);

        await LoadAsync();

        Assert.Equal(Address, await _cache.ReadAsync("resp_", _cache.Codec.Mint("resp_", Address), "key"));
    }

    private async Task LoadAsync() => Assert.True(await _cache.LoadAsync(TimeSpan.FromSeconds(1), TestDeadline.Token));
}
