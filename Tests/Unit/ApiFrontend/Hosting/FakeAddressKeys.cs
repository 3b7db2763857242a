using FlowGpt.Grains.Interfaces.Addresses;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>One key for ids.</summary>
internal sealed class FakeAddressKeys : IAddressKeyGrain
{
    private AddressKeys _keys = new([Key(1)]);

    /// <summary>How many reads fail.</summary>
    public int Failures { get; set; }

    /// <summary>Reads so far.</summary>
    public int Reads { get; private set; }

    public AddressCodec Codec => new(_keys);

    public ValueTask<AddressKeys> Get()
    {
        Reads++;
        return Failures-- > 0 ? throw new SiloUnavailableException() : ValueTask.FromResult(_keys);
    }

    public ValueTask<AddressKeys> Rotate() => ValueTask.FromResult(_keys = new([.. _keys.Keys, Key((byte)(_keys.Keys.Length + 1))]));

    private static AddressKey Key(byte version) => new(version, [.. Enumerable.Range(version - 1, 32).Select(static i => (byte)i)]);
}
