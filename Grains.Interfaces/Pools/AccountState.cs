namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>Whether an account can serve.</summary>
[GenerateSerializer]
public enum AccountState
{
    /// <summary>It can, within its limits.</summary>
    Ready = 0,

    /// <summary>It waits for the end of a cool-down.</summary>
    CoolingDown = 1,

    /// <summary>The upstream refuses it: out until its next probe succeeds, its token is replaced, or an operator resets it.</summary>
    Refused = 2,

    /// <summary>Its token has expired.</summary>
    Expired = 3,

    /// <summary>The operator switched it off.</summary>
    Disabled = 4,

    /// <summary>By an operator's order the account finishes its calls and gets no new calls.</summary>
    Draining = 5,

    /// <summary>Its stored token cannot be read because the key it was encrypted with is lost: out until the token is replaced.</summary>
    Sealed = 6,
}
