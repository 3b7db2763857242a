namespace FlowGpt.Admin.Contracts.Accounts;

/// <summary>The states of an account. A newer gateway may have further states.</summary>
public static class AccountStates
{
    /// <summary>The account can serve within its limits.</summary>
    public const string Ready = "Ready";

    /// <summary>The account serves again when its cool-down ends.</summary>
    public const string CoolingDown = "CoolingDown";

    /// <summary>The upstream refuses the account, which serves nothing until its next probe succeeds, its token is replaced, or an operator resets the account.</summary>
    public const string Refused = "Refused";

    /// <summary>The token has expired.</summary>
    public const string Expired = "Expired";

    /// <summary>The operator switched the account off.</summary>
    public const string Disabled = "Disabled";

    /// <summary>The account finishes its calls and gets no new ones.</summary>
    public const string Draining = "Draining";

    /// <summary>The stored token cannot be read because its key is lost: the account serves nothing until the token is replaced.</summary>
    public const string Sealed = "Sealed";
}
