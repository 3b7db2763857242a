using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>
/// One client key: its hash and what was decided about it. Grain key: the key's public id (<see cref="ApiKeyToken"/>). The secret itself never
/// comes here: the frontend that creates or rotates a key makes the secret and sends its hash. Every change is durable when its call returns; a
/// call that failed may be repeated. What only takes rights away is in force when its call returns, and written as soon as the storage takes it.
/// </summary>
[Alias("flowgpt.IApiKeyGrain")]
public interface IApiKeyGrain : IGrainWithStringKey
{
    /// <summary>What frontends judge the key by; null when there is no such key. Interleaves; never sees rights that are not durable.</summary>
    [Alias("access"), AlwaysInterleave]
    ValueTask<ApiKeyAccess?> GetAccess();

    /// <summary>The key for operators; null when there is none. Interleaves.</summary>
    [Alias("get"), AlwaysInterleave]
    ValueTask<ApiKeyInfo?> Get();

    /// <summary>Makes the key. Idempotent by its hash; another hash for an existing key is a conflict.</summary>
    [Alias("create")]
    ValueTask<ApiKeyChange> Create(ApiKeySettings settings, byte[] hash);

    /// <summary>Replaces what was decided. Done only if the key still has this version.</summary>
    [Alias("update")]
    ValueTask<ApiKeyChange> Update(ApiKeySettings settings, long version);

    /// <summary>Replaces the secret; the previous secret stays valid for <paramref name="grace"/>, earlier secrets do not. Idempotent by its hash.</summary>
    [Alias("rotate")]
    ValueTask<ApiKeyChange> Rotate(byte[] hash, TimeSpan grace);

    /// <summary>Revokes the key, which is final. Idempotent. Responses in flight continue.</summary>
    [Alias("revoke")]
    ValueTask<ApiKeyChange> Revoke();
}
