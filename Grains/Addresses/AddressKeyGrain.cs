using System.Security.Cryptography;
using FlowGpt.Grains.Interfaces.Addresses;

namespace FlowGpt.Grains.Addresses;

/// <summary>Makes the first key when somebody asks for the keys. A write that fails leaves nobody knowing what is stored, so the activation ends with it.</summary>
[GrainType("address-keys")]
internal sealed class AddressKeyGrain([PersistentState("address-keys")] IPersistentState<AddressKeyState> stored) : Grain, IAddressKeyGrain
{
    private const int SecretSize = 32;

    public async ValueTask<AddressKeys> Get()
    {
        if (stored.State.Keys.Count == 0)
        {
            stored.State.Keys.Add(new AddressKey(1, RandomNumberGenerator.GetBytes(SecretSize)));
            try
            {
                await stored.WriteStateAsync();
            }
            catch
            {
                DeactivateOnIdle();
                throw;
            }
        }

        return new AddressKeys([.. stored.State.Keys]);
    }
}
