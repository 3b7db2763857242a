using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Accounts;

/// <summary>
/// The only grain by which operators change accounts, so that no name and no upstream account is twice in the cluster. Key:
/// <see cref="Key"/>. Changes happen one after the other; each is durable, and in force in its pool, when its call returns. A call that
/// throws may have taken effect: read the account, or send it again, all are idempotent but <see cref="Add"/>, which then answers a conflict.
/// </summary>
[Alias("flowgpt.IAccountRegistryGrain")]
public interface IAccountRegistryGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "default";

    /// <summary>Names of the pools that have accounts, or had some through this API, in ordinal order.</summary>
    [Alias("pools")]
    ValueTask<ImmutableArray<string>> GetPools();

    /// <summary>Adds an account that the cluster owns from now on. Its token is kept encrypted and never given out.</summary>
    [Alias("add")]
    ValueTask<AccountChangeResult> Add(string pool, string name, AccountChange account);

    /// <summary>Changes an account; a configured account keeps its token, device and headers.</summary>
    [Alias("change")]
    ValueTask<AccountChangeResult> Change(string pool, string name, AccountChange change);

    /// <summary>Removes an account that was added; calls in flight finish. A configured account is a conflict.</summary>
    [Alias("remove")]
    ValueTask<AccountChangeResult> Remove(string pool, string name);
}
