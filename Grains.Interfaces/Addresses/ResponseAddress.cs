using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Interfaces.Addresses;

/// <summary>What kind of grain a response is in. Numbers are part of ids.</summary>
public enum AddressKind : byte
{
    /// <summary>A host of turns that are not stored. The place is the host's name: 32 hexadecimal digits.</summary>
    Host = 1,

    /// <summary>A host of turns with one idempotency key. The place is the key's hash: 32 hexadecimal digits.</summary>
    Idempotent = 2,

    /// <summary>A stored conversation. The place is the conversation's id.</summary>
    Conversation = 3,
}

/// <summary>Where a response is: everything that is needed to ask for the response, so that no index is.</summary>
/// <param name="ClientKeyId">Whose response it is.</param>
/// <param name="Kind">What kind of grain the response is in.</param>
/// <param name="Place">Which grain of that kind; see <see cref="AddressKind"/>.</param>
/// <param name="Turn">Which turn of the grain.</param>
public readonly record struct ResponseAddress(string ClientKeyId, AddressKind Kind, string Place, Guid Turn)
{
    /// <summary>The key of the grain.</summary>
    public string GrainKey =>
        Kind switch
        {
            AddressKind.Host => ConversationKey.Host(Place),
            AddressKind.Idempotent => ConversationKey.Idempotent(ClientKeyId, Place),
            AddressKind.Conversation => ConversationKey.Stored(ClientKeyId, Place),
            _ => throw new InvalidOperationException($"There is no kind of address {Kind}."),
        };
}
