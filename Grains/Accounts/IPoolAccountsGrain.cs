using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Accounts;

/// <summary>The registry's calls to a pool; the pool's own grain implements them. Only the registry changes accounts, one change at a time.</summary>
[Alias("flowgpt.IPoolAccounts")]
internal interface IPoolAccountsGrain : IGrainWithStringKey
{
    /// <summary>What the pool keeps of its accounts.</summary>
    [Alias("overlays")]
    ValueTask<ImmutableArray<AccountOverlay>> GetOverlays();

    /// <summary>Keeps an overlay in place of the overlay of the same name, and applies it. Idempotent.</summary>
    /// <param name="overlay">The overlay; an empty overlay is removed.</param>
    /// <param name="use">What the account has used in the pool that it comes from.</param>
    [Alias("put-overlay")]
    ValueTask PutOverlay(AccountOverlay overlay, AccountRecord? use = null);

    /// <summary>Whether the record of the pool's accounts has room for an overlay, in place of the overlay of the same name.</summary>
    [Alias("has-room")]
    ValueTask<bool> HasRoom(AccountOverlay overlay);

    /// <summary>Forgets an overlay; an account that was added is gone. Idempotent.</summary>
    [Alias("remove-overlay")]
    ValueTask RemoveOverlay(string name);

    /// <summary>What an account has used; null when it is not in force here or has calls in flight.</summary>
    [Alias("use-of")]
    ValueTask<AccountRecord?> GetUse(string name);

    /// <summary>What an account has used, once its calls have ended; null when it is not in force here, or calls are in flight after <paramref name="maxWait"/>.</summary>
    [Alias("await-use-of")]
    ValueTask<AccountRecord?> AwaitUse(string name, TimeSpan maxWait);

    /// <summary>
    /// What is known here of accounts that have appeared in another pool of the provider; those of which nothing is known are left out. What was given stays here
    /// until it is forgotten.
    /// </summary>
    [Alias("give")]
    ValueTask<ImmutableArray<GivenAccount>> Give(ImmutableArray<WantedAccount> wanted, string provider);

    /// <summary>Another pool has stored what was given of accounts. Idempotent.</summary>
    [Alias("forget")]
    ValueTask Forget(ImmutableArray<string> names);

    /// <summary>The credential of an account that is ready, to ask the provider for its models with; null when none is. Reserves nothing.</summary>
    [Alias("credential")]
    ValueTask<UpstreamCredential?> GetReadyCredential();
}
