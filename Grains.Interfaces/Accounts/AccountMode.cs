namespace FlowGpt.Grains.Interfaces.Accounts;

/// <summary>What its operator lets an account do.</summary>
[GenerateSerializer]
public enum AccountMode
{
    /// <summary>It serves.</summary>
    Enabled = 0,

    /// <summary>It is out of use; calls in flight finish.</summary>
    Disabled = 1,

    /// <summary>It is being emptied: no new leases, calls in flight finish, and operators see how many are left.</summary>
    Draining = 2,
}
