using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FlowGpt.Grains.Interfaces.Chat;

namespace FlowGpt.Grains.Affinity;

/// <summary>
/// Identifies a context (whose it is, which model, which messages) by the first 128 bits of a SHA-256, so that nobody can craft
/// a context that meets another client's entry. Every part is preceded by its length: no two different contexts hash the same bytes.
/// </summary>
public sealed class ContextHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Starts with the parts that every message of the context shares.</summary>
    public ContextHash(string clientKeyId, string model)
    {
        Add(clientKeyId);
        Add(model);
    }

    /// <summary>Adds one message.</summary>
    public void Add(ChatMessage message)
    {
        AddNumber((int)message.Role);
        Add(message.Content);
        Add(message.Name ?? "");
        Add(message.ToolCallId ?? "");
        foreach (var call in message.ToolCallsOrEmpty)
        {
            Add(call.Id);
            Add(call.Name);
            Add(call.Arguments);
        }
    }

    /// <summary>Adds messages in order.</summary>
    public void Add(ReadOnlySpan<ChatMessage> messages)
    {
        foreach (var message in messages)
        {
            Add(message);
        }
    }

    /// <summary>The hash of what was added so far; more may be added afterwards.</summary>
    public UInt128 Current()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetCurrentHash(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    public void Dispose() => _hash.Dispose();

    // UTF-16 as it lies in memory: no conversion, and a lone surrogate stays distinct.
    private void Add(string text)
    {
        AddNumber(text.Length);
        _hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private void AddNumber(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }
}
