namespace FlowGpt.Grains.Accounts;

/// <summary>Which upstream accounts there are: one given here, many in a file, or both.</summary>
public sealed class AccountsOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "FlowGpt:Accounts";

    /// <summary>The pool of the accounts that name none. Default <c>flowgpt</c>.</summary>
    public string Pool { get; set; } = "flowgpt";

    /// <summary>Name of the single account given by <see cref="BearerToken"/>. Default <c>default</c>.</summary>
    public string Name { get; set; } = "default";

    /// <summary>The single account's token, without the word "Bearer"; null or empty when there is none.</summary>
    public string? BearerToken { get; set; }

    /// <summary>The single account's device id; null or empty lets the pool generate one and keep it.</summary>
    public string? DeviceId { get; set; }

    /// <summary>The single account's limits; each at least 1, or absent for no limit.</summary>
    public AccountLimits Limits { get; set; } = AccountLimits.None;

    /// <summary>Path of the accounts file; null or empty when there is none. It is read again within a second of a change.</summary>
    public string? File { get; set; }
}
