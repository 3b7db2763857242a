using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Addresses;

/// <summary>
/// The keys that ids are authenticated with, the one in use last. They serve nothing else: neither cookies nor credentials. Earlier ones stay, so that ids
/// minted with them remain good.
/// </summary>
/// <param name="Keys">At least one; versions are unique.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AddressKeys")]
public sealed record AddressKeys([property: Id(0)] ImmutableArray<AddressKey> Keys);

/// <summary>One key.</summary>
/// <param name="Version">The key's number, which every id names that was minted with the key.</param>
/// <param name="Secret">32 random bytes.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AddressKey")]
public sealed record AddressKey([property: Id(0)] byte Version, [property: Id(1)] byte[] Secret)
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => $"address key {Version}";
}
