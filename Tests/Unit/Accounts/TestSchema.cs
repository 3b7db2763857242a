using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Unit.Accounts;

/// <summary>A credential of one required secret, which names its account when it holds an @, and of a value that is generated when missing.</summary>
internal sealed class TestSchema : ICredentialSchema
{
    public static TestSchema Instance { get; } = new();

    public ImmutableArray<CredentialField> Fields { get; } =
    [new("secret", IsSecret: true, IsRequired: true), new("made", IsSecret: false, IsRequired: false)];

    public static ImmutableDictionary<string, string> Of(string secret) => ImmutableDictionary<string, string>.Empty.Add("secret", secret);

    public string Clean(string field, string value) => value.Trim();

    public string? ProblemOf(string field, string value) => value.Contains(' ') ? "holds spaces; remove them" : null;

    public CredentialFacts Read(IReadOnlyDictionary<string, string> fields) =>
        new(fields["secret"].Contains('@') ? fields["secret"].Split('@')[1] : null, null);

    public string? Generate(string field) =>
        field == "made" ? "made-" + Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N") : null;
}

/// <summary>A provider kind that makes no calls.</summary>
internal sealed class TestKind(string name) : IProviderKind
{
    public string Name => name;

    public ICredentialSchema Credential => TestSchema.Instance;

    public IReadOnlySet<string> OwnHeaders { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "x-own" };

    public ImmutableArray<FieldProblem> Check(PoolDefinition pool) => pool.BaseUrl is null ? [new("baseUrl", "is missing; add it")] : [];

    public IUpstream Create(PoolDefinition pool) => throw new NotSupportedException();

    public ModelCapabilities CapabilitiesOf(PoolDefinition pool, string model) => ModelCapabilities.None;
}
