using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FlowGpt.Grains.Upstreams.OpenAi;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Unit.Accounts;

/// <summary>The kinds of the tests of accounts: <c>flowgpt</c>, <c>openai</c> and <c>test</c>.</summary>
internal static class AccountKinds
{
    public static ProviderKinds All { get; } = Make(new TestKind("test"));

    /// <summary>With a kind <c>provided</c>, whose accounts have an <c>apiKey</c>.</summary>
    public static ProviderKinds WithProvided { get; } = Make(new ScriptedKind("provided", static _ => throw new NotSupportedException()));

    private static ProviderKinds Make(IProviderKind kind)
    {
        var services = new ServiceCollection();
        services.AddFlowGptUpstream();
        services.AddLogging().AddMetrics().AddSingleton(TimeProvider.System);
        services.AddOpenAiKind();
        services.AddSingleton(kind);
        return new(services.BuildServiceProvider().GetServices<IProviderKind>());
    }
}
