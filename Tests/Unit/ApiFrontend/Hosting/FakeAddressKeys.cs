using FlowGpt.Grains.Interfaces.Addresses;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>One key for ids.</summary>
internal sealed class FakeAddressKeys : IAddressKeyGrain
{
    private readonly AddressKeys _keys = new([new AddressKey(1, [.. Enumerable.Range(0, 32).Select(static i => (byte)i)])]);

    /// <summary>Fails so many reads.</summary>
    public int Failures { get; set; }

    public AddressCodec Codec => new(_keys);

    public ValueTask<AddressKeys> Get() => Failures-- > 0 ? throw new SiloUnavailableException() : ValueTask.FromResult(_keys);
}
