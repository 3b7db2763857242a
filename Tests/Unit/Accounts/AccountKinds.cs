using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.FlowGpt;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Unit.Accounts;

/// <summary>The kinds that tests of accounts know: <c>flowgpt</c> and <c>test</c>.</summary>
internal static class AccountKinds
{
    public static ProviderKinds All { get; } = Make();

    private static ProviderKinds Make()
    {
        var services = new ServiceCollection();
        services.AddFlowGptUpstream();
        services.AddSingleton<IProviderKind>(new TestKind("test"));
        return new(services.BuildServiceProvider().GetServices<IProviderKind>());
    }
}
