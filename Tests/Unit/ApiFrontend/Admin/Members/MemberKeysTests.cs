using FlowGpt.ApiFrontend.Admin.Keys;
using FlowGpt.ApiFrontend.Admin.Members;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Members;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Members;

public sealed class MemberKeysTests
{
    private const string Ann = "idp|ann";

    /// <summary>Two requests at once: the first has noted its key, which is not made yet, when the second counts the keys.</summary>
    [Fact]
    public async Task Create_WhileAnotherRequestMakesTheLastKeyAllowed_MakesNone()
    {
        await using var host = await FrontendHost.StartAsync();
        var member = host.Grains.Factory.GetGrain<IMemberGrain>(IMemberGrain.KeyOf(Ann));
        Assert.True(await member.Reserve(KeyAdministration.NewId(), 1));

        var (key, _, isClusterFull) = await Keys(host).CreateAsync(Settings, most: 1);

        Assert.Equal((null, false), (key, isClusterFull));
        Assert.Single(await member.GetKeys());
    }

    [Fact]
    public async Task Create_AKeyHasEnded_TakesItsPlace()
    {
        await using var host = await FrontendHost.StartAsync();
        var ended = KeyAdministration.NewId();
        Assert.True(await host.Grains.Factory.GetGrain<IMemberGrain>(IMemberGrain.KeyOf(Ann)).Reserve(ended, 1));
        host.Grains.Keys[ended] = new FakeApiKey { Info = FakeApiKey.InfoOf(Settings, revokedAt: DateTimeOffset.UnixEpoch) };

        var (key, _, _) = await Keys(host).CreateAsync(Settings, most: 1);

        Assert.NotNull(key);
    }

    private static ApiKeySettings Settings { get; } = new() { Name = "laptop", MemberId = Ann };

    private static MemberKeys Keys(FrontendHost host) => host.Services.GetRequiredService<MemberKeys>();
}
