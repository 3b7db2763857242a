using System.Buffers;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>Device ids as the web client makes them: 21 characters of <c>[A-Za-z0-9_-]</c> (nanoid). One per account, made once and kept.</summary>
public static class DeviceId
{
    /// <summary>Characters in an id, and random bytes needed for an id.</summary>
    public const int Length = 21;

    // 64 characters: six bits of a byte choose a character without bias.
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    /// <summary>Makes an id of <see cref="Length"/> bytes from a cryptographic source. Pure: the same bytes give the same id.</summary>
    public static string From(ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(random.Length, Length, nameof(random));
        Span<char> id = stackalloc char[Length];
        for (var i = 0; i < Length; i++)
        {
            id[i] = Alphabet[random[i] & 63];
        }

        return new string(id);
    }

    /// <summary>Whether a text has an id's form.</summary>
    public static bool IsValid(string? id) => id?.Length == Length && !id.AsSpan().ContainsAnyExcept(Characters);
}
