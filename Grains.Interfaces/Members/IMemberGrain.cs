using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Grains.Interfaces.Members;

/// <summary>
/// The client keys that a person made for themselves. Key: <see cref="KeyOf"/>. Every answer is durable. A person's keys are counted here, so that two
/// requests at the same time cannot make more keys than are allowed.
/// </summary>
[Alias("flowgpt.IMemberGrain")]
public interface IMemberGrain : IGrainWithStringKey
{
    /// <summary>Most keys of a person that are remembered, ended keys included: usage reports go on naming ended keys.</summary>
    const int MostRemembered = 500;

    /// <summary>The grain of a person.</summary>
    /// <param name="memberId">What identifies the person at the identity provider.</param>
    static string KeyOf(string memberId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(memberId)));

    /// <summary>Notes a key before it is made. False when the person has as many as they may. Idempotent.</summary>
    /// <param name="keyId">The key's public id.</param>
    /// <param name="most">Most keys at a time.</param>
    [Alias("reserve")]
    ValueTask<bool> Reserve(string keyId, int most);

    /// <summary>A key has ended and makes room for another. Idempotent.</summary>
    [Alias("release")]
    ValueTask Release(string keyId);

    /// <summary>The ids of all keys, ended keys included, oldest first.</summary>
    [Alias("keys")]
    ValueTask<ImmutableArray<string>> GetKeys();
}
