namespace FlowGpt.Grains.Accounts;

/// <summary>Which upstream accounts there are: an account given here, an account of each provider whose key is in the environment, and the accounts of a file.</summary>
public sealed class AccountsOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "FlowGpt:Accounts";

    /// <summary>The pool of the accounts and models that name none. Default <c>flowgpt</c>.</summary>
    public string Pool { get; set; } = "flowgpt";

    /// <summary>Name of the single account given by <see cref="Fields"/>. Default <c>default</c>.</summary>
    public string Name { get; set; } = "default";

    /// <summary>
    /// The single account's credential, by the field names of the provider kind of <see cref="Pool"/>; without a value in any field there is no
    /// such account.
    /// </summary>
    public Dictionary<string, string?> Fields { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The single account's limits; each at least 1, or absent for no limit.</summary>
    public AccountLimits Limits { get; set; } = AccountLimits.None;

    /// <summary>
    /// Providers whose key is in the environment, by the name of their provider kind. Each with a key makes a pool of that name with one account
    /// and discovery on, unless the accounts file defines a pool of that name.
    /// </summary>
    public Dictionary<string, ProviderKey> Providers { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Path of the accounts file; null or empty when there is none. It is read again within a second of a change.</summary>
    public string? File { get; set; }

    /// <summary>The addresses that this process listens on, with semicolons between them; no pool may have any of these addresses.</summary>
    public string? ListensOn { get; set; }
}

/// <summary>A provider's key.</summary>
public sealed class ProviderKey
{
    /// <summary>The key; null or empty when there is none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Where the provider is; null or empty for the kind's own address.</summary>
    public string? BaseUrl { get; set; }
}
