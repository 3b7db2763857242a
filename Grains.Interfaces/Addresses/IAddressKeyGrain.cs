namespace FlowGpt.Grains.Interfaces.Addresses;

/// <summary>Keeps the cluster's <see cref="AddressKeys"/>, and makes the first one. Grain key: <see cref="Key"/>.</summary>
[Alias("flowgpt.IAddressKeyGrain")]
public interface IAddressKeyGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "all";

    /// <summary>The keys; they are durable when this returns.</summary>
    [Alias("get")]
    ValueTask<AddressKeys> Get();
}
