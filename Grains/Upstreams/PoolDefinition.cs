using System.Collections.Immutable;

namespace FlowGpt.Grains.Upstreams;

/// <summary>A pool as its operator defined it: accounts of one provider kind at one base address.</summary>
public sealed record PoolDefinition
{
    /// <summary>The pool's name.</summary>
    public required string Name { get; init; }

    /// <summary>The <see cref="IProviderKind.Name"/> of its accounts.</summary>
    public required string Kind { get; init; }

    /// <summary>Where the provider is; null for the kind's own default.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>Whether the provider's own model names are offered as routes.</summary>
    public bool Discover { get; init; }

    /// <summary>Headers that every request to the provider has.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The header that carries an account's key; null for the kind's own (<c>Authorization</c>).</summary>
    public string? KeyHeader { get; init; }

    /// <summary>The word before the key, such as <c>Bearer</c>; empty for none; null for the kind's own.</summary>
    public string? KeyScheme { get; init; }

    /// <summary>Query parameters that every request to the provider has, such as <c>api-version</c>.</summary>
    public ImmutableDictionary<string, string> Query { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Path templates by operation (<c>chat</c>, <c>models</c>, <c>embeddings</c> …) with <c>{model}</c> in the place of the model's name; others have the kind's own path.</summary>
    public ImmutableDictionary<string, string> Paths { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Names of knobs that the server lacks; each kind lists those that it knows.</summary>
    public ImmutableHashSet<string> Quirks { get; init; } = [];

    /// <summary>The protocol where a kind has several, such as <c>chat</c> or <c>responses</c>; null for the kind's own.</summary>
    public string? Wire { get; init; }
}
