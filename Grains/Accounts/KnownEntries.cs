using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// The accounts of the file that nothing was wrong with, by the bytes of their entries, so that the next read of the file makes definitions of changed entries alone.
/// What an entry means depends on nothing but its bytes and the file's pools, as long as the provider kinds and the options are the same. Holds hashes, not the bytes.
/// </summary>
internal sealed class KnownEntries
{
    private readonly Dictionary<Digest, KnownEntry> _entries;
    private readonly Digest _pools;
    private Dictionary<Digest, KnownEntry>? _before;

    /// <param name="root">The file.</param>
    /// <param name="before">What is known of the file as it was read before; null for the first read.</param>
    public KnownEntries(JsonElement root, KnownEntries? before)
    {
        _pools = root.TryGetProperty("pools", out var pools) ? HashOf(pools) : default;
        _before = before?._pools == _pools ? before._entries : null;
        _entries = new(_before?.Count ?? 0);
    }

    /// <summary>The account of an entry that the read before had too.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="hash">What <see cref="Add"/> notes the entry by.</param>
    /// <param name="known">The account.</param>
    public bool TryFind(JsonElement entry, out Digest hash, [NotNullWhen(true)] out KnownEntry? known)
    {
        hash = HashOf(entry);
        known = _before?.GetValueOrDefault(hash);
        if (known is not null)
        {
            Add(hash, known);
        }

        return known is not null;
    }

    /// <summary>Notes the account of an entry.</summary>
    public void Add(Digest hash, KnownEntry entry) => _entries[hash] = entry;

    /// <summary>All entries are read: what the read before had is forgotten.</summary>
    public void Done() => _before = null;

    private static Digest HashOf(JsonElement element)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        XxHash128.Hash(JsonMarshal.GetRawUtf8Value(element), hash);
        return Digest.Read(hash);
    }
}

/// <summary>An account of the file.</summary>
/// <param name="Account">Its definition.</param>
/// <param name="Secret">The name of its first secret field.</param>
internal sealed record KnownEntry(AccountDefinition Account, string Secret);
