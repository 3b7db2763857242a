using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Affinity;

/// <summary>
/// Identifies a context (client key, route, items) by the first 128 bits of a SHA-256, so that no client can craft
/// a context that meets another client's entry. Every value is preceded by its length and every item by its kind: no two different contexts hash the same
/// bytes. Ids of items are left out, since a client that sends its history again may leave them out; arguments of functions count in one form of JSON.
/// </summary>
public sealed class ContextHash : IDisposable
{
    // Each call of the hash function costs more than hashing a number: short values are gathered, and a short context is hashed with one call.
    private const int GatheredBytes = 2048;

    private readonly byte[] _gathered = ArrayPool<byte>.Shared.Rent(GatheredBytes);
    private int _length;
    private IncrementalHash? _hash;

    /// <summary>Starts with what every item of the context shares.</summary>
    public ContextHash(string clientKeyId, string route)
    {
        Add(clientKeyId);
        Add(route);
    }

    /// <summary>Adds what the upstream is told beside the items: instructions, tools and format. A request that changes them needs another upstream conversation.</summary>
    public void AddSetting(TurnRequest turn)
    {
        // Tools that may not be called are not shown.
        var tools = turn.ToolChoice.Mode == ToolChoiceMode.None ? [] : turn.Tools;
        if (turn.Instructions is null && tools.IsEmpty && turn.Format is null)
        {
            return;
        }

        AddNumber(96);
        Add(turn.Instructions ?? "");
        Add(turn.Format?.Schema ?? "");
        AddNumber((int?)turn.Format?.Kind ?? 0);
        AddNumber(tools.Length);
        foreach (var tool in tools)
        {
            AddNumber((int)tool.Kind);
            Add(tool.Name);
            Add(tool.Description ?? "");
            Add(tool.Parameters ?? "");
        }
    }

    /// <summary>Adds one item. Texts that follow each other in one message count as one text.</summary>
    public void Add(Item item)
    {
        switch (item)
        {
            case MessageItem message:
                AddNumber((int)message.Role);
                Add(message.Name ?? "");
                AddParts(message.Parts.AsSpan());
                break;
            case ToolCallItem call:
                AddNumber(16 + (int)call.Kind);
                Add(call.CallId);
                Add(call.Name);
                Add(call.Kind == ToolKind.Function ? JsonForm.Of(call.Arguments) : call.Arguments);
                break;
            case ToolResultItem result:
                AddNumber(32 + (result.IsError ? 1 : 0));
                Add(result.CallId);
                AddParts(result.Parts.AsSpan());
                break;
            case ReasoningItem reasoning:
                AddNumber(48);
                Add(reasoning.Text);
                Add(reasoning.Encrypted ?? "");
                break;
            case OpaqueItem { Dialect: var dialect } when DialectNames.AreMarks(dialect):
                break;
            case OpaqueItem opaque:
                AddNumber(64);
                Add(opaque.Dialect);
                Add(opaque.Json);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(item), item, "The kind of item is not known.");
        }
    }

    /// <summary>Adds items in order.</summary>
    public void Add(ReadOnlySpan<Item> items)
    {
        foreach (var item in items)
        {
            Add(item);
        }
    }

    /// <summary>The hash of what was added so far; more may be added afterwards.</summary>
    public Digest Current()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        if (_hash is null)
        {
            SHA256.HashData(_gathered.AsSpan(0, _length), digest);
        }
        else
        {
            HashGathered();
            _hash.GetCurrentHash(digest);
        }

        return Digest.Read(digest);
    }

    public void Dispose()
    {
        _hash?.Dispose();
        ArrayPool<byte>.Shared.Return(_gathered, clearArray: true);
    }

    private void AddParts(ReadOnlySpan<Part> parts)
    {
        if (HasMarks(parts))
        {
            parts = parts.ToArray().Where(static part => !IsMark(part)).ToArray();
        }

        while (!parts.IsEmpty)
        {
            var texts = 0;
            while (texts < parts.Length && parts[texts] is TextPart)
            {
                texts++;
            }

            if (texts > 0)
            {
                AddText(parts[..texts]);
                parts = parts[texts..];
                continue;
            }

            AddOther(parts[0]);
            parts = parts[1..];
        }

        AddNumber(-1);
    }

    private static bool HasMarks(ReadOnlySpan<Part> parts)
    {
        foreach (var part in parts)
        {
            if (IsMark(part))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMark(Part part) => part is OpaquePart opaque && DialectNames.AreMarks(opaque.Dialect);

    private void AddText(ReadOnlySpan<Part> texts)
    {
        var length = 0;
        foreach (var part in texts)
        {
            length += ((TextPart)part).Text.Length;
        }

        AddNumber(0);
        AddNumber(length);
        foreach (var part in texts)
        {
            Append(MemoryMarshal.AsBytes(((TextPart)part).Text.AsSpan()));
        }
    }

    private void AddOther(Part part)
    {
        var (kind, first, second, third) = part switch
        {
            RefusalPart refusal => (1, refusal.Text, "", ""),
            ImagePart image => (2, image.Url, image.Detail ?? "", ""),
            FilePart file => (3, file.FileId ?? "", file.Data ?? "", file.Name ?? ""),
            AudioPart audio => (4, audio.Data, audio.Format, ""),
            OpaquePart opaque => (5, opaque.Dialect, opaque.Json, ""),
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, "The kind of part is not known."),
        };
        AddNumber(kind);
        Add(first);
        Add(second);
        Add(third);
    }

    // UTF-16 as it lies in memory: no conversion, and a lone surrogate stays distinct.
    private void Add(string text)
    {
        AddNumber(text.Length);
        Append(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private void AddNumber(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        Append(bytes);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _gathered.Length - _length)
        {
            HashGathered();
            if (bytes.Length > _gathered.Length)
            {
                _hash!.AppendData(bytes);
                return;
            }
        }

        bytes.CopyTo(_gathered.AsSpan(_length));
        _length += bytes.Length;
    }

    private void HashGathered()
    {
        _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _hash.AppendData(_gathered, 0, _length);
        _length = 0;
    }
}
