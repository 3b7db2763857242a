using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>The provider kind <c>flowgpt</c>: text only, by published prompts.</summary>
internal sealed class FlowGptKind(IServiceProvider services) : IProviderKind
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "flowgpt";

    /// <summary>The option of a target that names the model on which its prompt runs.</summary>
    public const string ModelOption = "upstreamModel";

    /// <summary>The model of a target that names none.</summary>
    public const string DefaultModel = "FlowGPT-Ares";

    public string Name => KindName;

    public ICredentialSchema Credential { get; } = new FlowGptCredentialSchema();

    public ImmutableArray<FieldProblem> Check(PoolDefinition pool) => [];

    public IUpstream Create(PoolDefinition pool) => services.GetRequiredService<FlowGptUpstream>();

    public ModelCapabilities CapabilitiesOf(PoolDefinition pool, string model) =>
        services.GetRequiredService<FlowGptUpstream>().KeepsConversations
            ? ModelCapabilities.KeepsConversations
            : ModelCapabilities.None;
}
