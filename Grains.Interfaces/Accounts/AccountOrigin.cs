namespace FlowGpt.Grains.Interfaces.Accounts;

/// <summary>Where an account or a model was defined.</summary>
[GenerateSerializer]
public enum AccountOrigin
{
    /// <summary>In a silo's environment, configuration or accounts file.</summary>
    Configuration = 0,

    /// <summary>Through the admin API; the cluster keeps it.</summary>
    Api = 1,

    /// <summary>A model that a pool's provider says it has.</summary>
    Discovery = 2,
}
