using FlowGpt.Grains.Interfaces.Addresses;

namespace FlowGpt.Grains.Addresses;

/// <summary>The stored keys that ids are authenticated with.</summary>
[GenerateSerializer, Alias("flowgpt.AddressKeyState")]
internal sealed class AddressKeyState
{
    /// <summary>The keys, oldest first; none before the first use.</summary>
    [Id(0)]
    public List<AddressKey> Keys { get; set; } = [];
}
