namespace FlowGpt.Grains.Interfaces.Accounts;

/// <summary>Where an account was defined.</summary>
[GenerateSerializer]
public enum AccountOrigin
{
    /// <summary>In a silo's environment, configuration or accounts file.</summary>
    Configuration = 0,

    /// <summary>Through the admin API; the cluster keeps it.</summary>
    Api = 1,
}
