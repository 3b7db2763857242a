using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Interfaces.Addresses;

/// <summary>
/// Makes ids of addresses and reads them back. An id is its prefix and, in base32: the form (1 byte), the key's version (1), the kind (1), the length
/// of the client key's id (1) and that id, the turn (16), the place (16 bytes of a host, the text of a conversation's id), and 64 bits of an HMAC-SHA256 of the prefix and
/// all before. Without the key, no one can make an id that is read back, and no client can read another one's. Thread-safe.
/// </summary>
public sealed class AddressCodec
{
    private const byte Form = 1;
    private const int HeadSize = 4;
    private const int TurnSize = 16;
    private const int HashSize = 16;
    private const int MacSize = 8;

    /// <summary>Longest id of a client key.</summary>
    private const int MaxClientKeyId = 64;

    private const int MaxSize = HeadSize + MaxClientKeyId + TurnSize + ConversationKey.MaxIdLength + MacSize;
    private const int MaxPrefix = 32;

    // A hash that is made anew for each id costs twice as much: each thread keeps the hash of the key that it used last.
    [ThreadStatic]
    private static IncrementalHash? s_hash;

    [ThreadStatic]
    private static byte[]? s_secret;

    private readonly byte[]?[] _secrets = new byte[]?[256];
    private readonly byte _current;

    /// <summary>A codec that mints with the last of the keys and reads with all of them.</summary>
    public AddressCodec(AddressKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentOutOfRangeException.ThrowIfZero(keys.Keys.Length);
        foreach (var key in keys.Keys)
        {
            _secrets[key.Version] = key.Secret;
            _current = key.Version;
        }
    }

    /// <summary>The id of an address.</summary>
    /// <param name="prefix">What the id starts with, such as <c>resp_</c>: ASCII.</param>
    /// <param name="address">The address.</param>
    /// <exception cref="ArgumentException">No id can hold the address.</exception>
    public string Mint(string prefix, in ResponseAddress address)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        Span<byte> bytes = stackalloc byte[MaxSize];
        if (
            address.ClientKeyId.Length is 0 or > MaxClientKeyId
            || !Ascii.IsValid(address.ClientKeyId)
            || !IsPlace(address.Kind, address.Place)
        )
        {
            throw new ArgumentException("No id can hold this address.", nameof(address));
        }

        bytes[0] = Form;
        bytes[1] = _current;
        bytes[2] = (byte)address.Kind;
        bytes[3] = (byte)address.ClientKeyId.Length;
        var length = HeadSize + Encoding.ASCII.GetBytes(address.ClientKeyId, bytes[HeadSize..]);
        address.Turn.TryWriteBytes(bytes[length..], bigEndian: true, out _);
        length += TurnSize;
        if (address.Kind == AddressKind.Conversation)
        {
            length += Encoding.ASCII.GetBytes(address.Place, bytes[length..]);
        }
        else
        {
            Convert.FromHexString(address.Place, bytes[length..], out _, out var written);
            length += written;
        }

        WriteMac(_secrets[_current]!, prefix, bytes[..length], bytes[length..]);
        length += MacSize;
        Span<char> text = stackalloc char[AddressText.LengthOf(MaxSize)];
        text = text[..AddressText.LengthOf(length)];
        AddressText.Write(bytes[..length], text);
        return string.Concat(prefix, text);
    }

    /// <summary>Reads an id that <see cref="Mint"/> made for this client. False for any other: it is unknown, and no grain need be asked.</summary>
    /// <param name="prefix">What the id must start with.</param>
    /// <param name="id">The id.</param>
    /// <param name="clientKeyId">Who asks.</param>
    /// <param name="address">The address.</param>
    public bool TryRead(string prefix, string id, string clientKeyId, out ResponseAddress address)
    {
        ArgumentNullException.ThrowIfNull(clientKeyId);
        return TryReadOf(prefix, id, clientKeyId, out address);
    }

    /// <summary>Reads an id that <see cref="Mint"/> made for any client. For operators alone.</summary>
    /// <param name="prefix">What the id must start with.</param>
    /// <param name="id">The id.</param>
    /// <param name="address">The address.</param>
    public bool TryRead(string prefix, string id, out ResponseAddress address) => TryReadOf(prefix, id, null, out address);

    private bool TryReadOf(string prefix, string id, string? clientKeyId, out ResponseAddress address)
    {
        ArgumentNullException.ThrowIfNull(id);
        address = default;
        Span<byte> buffer = stackalloc byte[MaxSize];
        if (
            !id.StartsWith(prefix, StringComparison.Ordinal)
            || id.Length - prefix.Length > AddressText.LengthOf(MaxSize)
            || !AddressText.TryRead(id.AsSpan(prefix.Length), buffer, out var length)
            || length < HeadSize + TurnSize + MacSize
        )
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[MacSize];
        var content = buffer[..(length - MacSize)];
        if (content[0] != Form || _secrets[content[1]] is not { } secret)
        {
            return false;
        }

        WriteMac(secret, prefix, content, mac);
        return CryptographicOperations.FixedTimeEquals(mac, buffer[content.Length..length])
            && TryReadContent(content, clientKeyId, out address);
    }

    /// <summary>Whether the id may have been minted with a key that this codec does not have.</summary>
    /// <param name="prefix">What the id must start with.</param>
    /// <param name="id">The id.</param>
    public bool IsOfUnknownKey(string prefix, string id)
    {
        Span<byte> buffer = stackalloc byte[MaxSize];
        return id.StartsWith(prefix, StringComparison.Ordinal)
            && id.Length - prefix.Length <= AddressText.LengthOf(MaxSize)
            && AddressText.TryRead(id.AsSpan(prefix.Length), buffer, out var length)
            && length >= HeadSize + TurnSize + MacSize
            && buffer[0] == Form
            && _secrets[buffer[1]] is null;
    }

    /// <summary>Whether an id says that its response is in a stored conversation. Anybody can write such an id: only <see cref="TryRead(string, string, out ResponseAddress)"/> checks it.</summary>
    /// <param name="prefix">What the id must start with.</param>
    /// <param name="id">The id.</param>
    public static bool IsInConversation(string prefix, string id)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(id);
        // Eight letters are five whole bytes: the head is among them.
        const int Letters = 8;
        Span<byte> head = stackalloc byte[HeadSize + 1];
        return id.StartsWith(prefix, StringComparison.Ordinal)
            && id.Length >= prefix.Length + Letters
            && AddressText.TryRead(id.AsSpan(prefix.Length, Letters), head, out _)
            && head[0] == Form
            && (AddressKind)head[2] == AddressKind.Conversation;
    }

    private static bool TryReadContent(ReadOnlySpan<byte> content, string? clientKeyId, out ResponseAddress address)
    {
        address = default;
        var rest = content[HeadSize..];
        if (rest.Length < content[3] + TurnSize)
        {
            return false;
        }

        var owner = Encoding.ASCII.GetString(rest[..content[3]]);
        if (clientKeyId is not null && owner != clientKeyId)
        {
            return false;
        }

        rest = rest[content[3]..];
        var kind = (AddressKind)content[2];
        var turn = new Guid(rest[..TurnSize], bigEndian: true);
        rest = rest[TurnSize..];
        var place = kind == AddressKind.Conversation ? Encoding.ASCII.GetString(rest) : Convert.ToHexStringLower(rest);
        address = new ResponseAddress(owner, kind, place, turn);
        return IsPlace(kind, place);
    }

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private static bool IsPlace(AddressKind kind, string place) =>
        kind switch
        {
            AddressKind.Host or AddressKind.Idempotent => place.Length == 2 * HashSize && !place.AsSpan().ContainsAnyExcept(HexDigits),
            AddressKind.Conversation => ConversationKey.IsValidId(place),
            _ => false,
        };

    private static void WriteMac(byte[] secret, string prefix, ReadOnlySpan<byte> content, Span<byte> mac)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix.Length, MaxPrefix);
        Span<byte> message = stackalloc byte[MaxPrefix + MaxSize];
        var length = Encoding.ASCII.GetBytes(prefix, message);
        content.CopyTo(message[length..]);
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var hash = HashOf(secret);
        hash.AppendData(message[..(length + content.Length)]);
        hash.GetHashAndReset(whole);
        whole[..MacSize].CopyTo(mac);
    }

    private static IncrementalHash HashOf(byte[] secret)
    {
        if (!ReferenceEquals(s_secret, secret) || s_hash is null)
        {
            s_hash?.Dispose();
            s_hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
            s_secret = secret;
        }

        return s_hash;
    }
}
