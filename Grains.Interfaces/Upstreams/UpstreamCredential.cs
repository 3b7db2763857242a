using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Upstreams;

/// <summary>What an upstream call needs to act as one account. Travels sealed inside a lease between silos; must not be logged or stored in clear.</summary>
/// <param name="Pool">The pool that the account belongs to: the credential may only be sent to this pool's address.</param>
/// <param name="Fields">The fields of the provider kind's credential schema, such as <c>apiKey</c>.</param>
/// <param name="ExtraHeaders">Headers that the operator added for this account.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.UpstreamCredential")]
public sealed record UpstreamCredential(
    [property: Id(0)] string Pool,
    [property: Id(1)] ImmutableDictionary<string, string> Fields,
    [property: Id(2)] ImmutableDictionary<string, string> ExtraHeaders
)
{
    /// <summary>Fields and headers, encrypted for silos, which alone can open it; the others are empty then. Null for a credential that is open.</summary>
    [Id(3)]
    public string? Sealed { get; init; }

    /// <summary>A field's value; empty when the account has none.</summary>
    public string this[string field] => Fields.GetValueOrDefault(field, "");

    /// <summary>Never the secret.</summary>
    public override string ToString() => "UpstreamCredential (redacted)";
}
