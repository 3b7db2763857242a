using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Kit;

/// <summary>A provider kind whose upstreams and capabilities a test gives.</summary>
/// <param name="name">The kind's name.</param>
/// <param name="create">Makes the upstream of a pool.</param>
internal sealed class ScriptedKind(string name, Func<PoolDefinition, IUpstream> create) : IProviderKind, ICredentialSchema
{
    public string Name => name;

    /// <summary>What every model of every pool can do.</summary>
    public Func<ModelCapabilities> Capabilities { get; set; } = static () => ModelCapabilities.None;

    public ICredentialSchema Credential => this;

    public bool LabelsReplies => true;

    public ImmutableArray<CredentialField> Fields { get; } = [new("apiKey", IsSecret: true, IsRequired: true)];

    public ImmutableArray<FieldProblem> Check(PoolDefinition pool) => [];

    public IUpstream Create(PoolDefinition pool) => create(pool);

    public ModelCapabilities CapabilitiesOf(PoolDefinition pool, string model) => Capabilities();

    public string Clean(string field, string value) => value;

    public string? ProblemOf(string field, string value) => null;

    public CredentialFacts Read(IReadOnlyDictionary<string, string> fields) => default;

    /// <summary>The kind of an upstream that serves every pool.</summary>
    public static ScriptedKind Of(string name, ScriptedUpstream upstream) =>
        new(name, _ => upstream)
        {
            Capabilities = () => upstream.KeepsConversations ? ModelCapabilities.KeepsConversations : ModelCapabilities.None,
        };
}
