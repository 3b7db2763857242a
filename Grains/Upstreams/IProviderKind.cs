using System.Collections.Frozen;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams;

/// <summary>
/// An upstream protocol: everything that the gateway knows of one kind of provider. A kind is one folder; no type of it is used outside except where it is
/// registered as an <see cref="IProviderKind"/>. Stateless and thread-safe.
/// </summary>
public interface IProviderKind
{
    /// <summary>The kind's name in pool definitions.</summary>
    string Name { get; }

    /// <summary>What an account of this kind consists of.</summary>
    ICredentialSchema Credential { get; }

    /// <summary>Headers that the kind sets itself, compared without case: operators cannot add them to pools or accounts.</summary>
    IReadOnlySet<string> OwnHeaders => FrozenSet<string>.Empty;

    /// <summary>Everything that is wrong with a pool's options for this kind, by field. Needs nothing but the definition.</summary>
    ImmutableArray<FieldProblem> Check(PoolDefinition pool);

    /// <summary>Everything that is wrong with a target for this kind, by field. A kind that knows no options of targets allows none.</summary>
    ImmutableArray<FieldProblem> Check(Target target) =>
        [.. target.Options.Keys.Select(name => new FieldProblem(name, $"is not known to pools of kind {Name}; remove it"))];

    /// <summary>Makes the upstream of a pool. Called once for each version of a pool's definition; disposed with that version if it is disposable.</summary>
    /// <param name="pool">A definition that <see cref="Check(PoolDefinition)"/> finds nothing wrong with.</param>
    IUpstream Create(PoolDefinition pool);

    /// <summary>What a model of a pool can do. Answers from what is known without asking the provider.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="model">The provider's name of the model.</param>
    ModelCapabilities CapabilitiesOf(PoolDefinition pool, string model);

    /// <summary>The dialect whose built-in tools the provider runs itself, such as a web search; null when the provider runs none. See <see cref="Interfaces.Items.DialectNames"/>.</summary>
    string? RunsToolsOf(PoolDefinition pool) => null;

    /// <summary>Most tokens of context and reply of a target, where neither the operator nor the provider says it; null when unknown.</summary>
    int? DefaultContextWindow => null;

    /// <summary>The output limit that is sent where the request names none; null when the provider then has its own limit.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="target">The target.</param>
    int? DefaultOutputLimit(PoolDefinition pool, Target target) => null;

    /// <summary>Whether models of this kind are known to begin replies with a bold "…Response:" label.</summary>
    bool LabelsReplies => false;

    /// <summary>A sentence for <c>/v1/models</c> that says what really answers.</summary>
    string Describe(Target target) => $"The model {target.Model} of the pool {target.Pool}.";

    /// <summary>Asks the provider which models it has, in the provider's order. Empty for a kind without discovery.</summary>
    /// <exception cref="UpstreamException">The provider did not answer with a list.</exception>
    Task<ImmutableArray<DiscoveredModel>> DiscoverAsync(
        PoolDefinition pool,
        UpstreamCredential credential,
        CancellationToken cancellationToken
    ) => Task.FromResult(ImmutableArray<DiscoveredModel>.Empty);
}

/// <summary>What an account's credential consists of, for one provider kind. Pure.</summary>
public interface ICredentialSchema
{
    /// <summary>The fields by their names in the accounts file.</summary>
    ImmutableArray<CredentialField> Fields { get; }

    /// <summary>A pasted value as the field holds it: without white space around it and without what people paste along.</summary>
    string Clean(string field, string value);

    /// <summary>What is wrong with a value, as a phrase that follows the field's name and never quotes a secret; null when nothing is.</summary>
    string? ProblemOf(string field, string value);

    /// <summary>What the credential itself says of its account.</summary>
    CredentialFacts Read(IReadOnlyDictionary<string, string> fields);

    /// <summary>A value for a field that the operator left out and the provider needs; null for a field that can stay empty. The account keeps the value.</summary>
    string? Generate(string field) => null;
}

/// <summary>A field of a credential.</summary>
/// <param name="Name">Its name in the accounts file and the admin API, in camel case.</param>
/// <param name="IsSecret">Whether the value is encrypted where it is stored and never shown.</param>
/// <param name="IsRequired">Whether an account cannot do without.</param>
public sealed record CredentialField(string Name, bool IsSecret, bool IsRequired);

/// <summary>What a credential says of its account.</summary>
/// <param name="AccountId">The provider's own id of the account: two credentials with the same id are the same account. Null when the credential does not have it.</param>
/// <param name="ExpiresAt">When the credential expires; null when unknown.</param>
public readonly record struct CredentialFacts(string? AccountId, DateTimeOffset? ExpiresAt);

/// <summary>What a model can do, as far as the gateway must know.</summary>
[Flags]
public enum ModelCapabilities
{
    None = 0,
    Tools = 1 << 0,
    JsonObject = 1 << 1,
    JsonSchema = 1 << 2,
    Images = 1 << 3,
    Files = 1 << 4,
    Audio = 1 << 5,
    Embeddings = 1 << 6,

    /// <summary>Gives log probabilities.</summary>
    Logprobs = 1 << 7,

    /// <summary>Ends the reply at stop strings by itself.</summary>
    StopStrings = 1 << 8,

    /// <summary>Ends the reply at an output limit by itself.</summary>
    OutputLimit = 1 << 9,

    /// <summary>Keeps conversations that a later turn can continue with its new message alone.</summary>
    KeepsConversations = 1 << 10,

    /// <summary>Takes sampling options beyond the temperature.</summary>
    Sampling = 1 << 11,
}
