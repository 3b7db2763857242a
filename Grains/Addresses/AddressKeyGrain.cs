using System.Security.Cryptography;
using FlowGpt.Grains.Interfaces.Addresses;

namespace FlowGpt.Grains.Addresses;

/// <summary>Makes the first key when somebody asks for the keys. After a write that failed it is not known what is stored, so the activation ends with the failure.</summary>
[GrainType("address-keys")]
internal sealed class AddressKeyGrain([PersistentState("address-keys")] IPersistentState<AddressKeyState> stored) : Grain, IAddressKeyGrain
{
    /// <summary>Most keys that are kept, the newest included.</summary>
    public const int MostKeys = 8;

    private const int SecretSize = 32;

    public async ValueTask<AddressKeys> Get()
    {
        if (stored.State.Keys.Count == 0)
        {
            await AddAsync(1);
        }

        return new AddressKeys([.. stored.State.Keys]);
    }

    public async ValueTask<AddressKeys> Rotate()
    {
        var keys = await Get();
        // Versions go round; far fewer are kept than there are.
        await AddAsync((byte)(keys.Keys[^1].Version % byte.MaxValue + 1));
        return new AddressKeys([.. stored.State.Keys]);
    }

    private async Task AddAsync(byte version)
    {
        var keys = stored.State.Keys;
        keys.RemoveRange(0, Math.Max(0, keys.Count + 1 - MostKeys));
        keys.Add(new AddressKey(version, RandomNumberGenerator.GetBytes(SecretSize)));
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
}
