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

    /// <summary>
    /// Makes a new key, with which ids are minted from now on, within a minute on every frontend. Ids minted with one of the seven keys before remain good; older ones become
    /// unknown. The keys, durable when this returns.
    /// </summary>
    [Alias("rotate")]
    ValueTask<AddressKeys> Rotate();
}
