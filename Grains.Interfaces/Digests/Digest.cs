using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace FlowGpt.Grains.Interfaces.Digests;

/// <summary>
/// A number of 128 bits that identifies something: the hash of a context or of a request, or an id. It stands in place of <see cref="UInt128"/>, since no method that uses
/// that type, or a type with a field of it, is compiled ahead of time (the ABI of 128-bit integers is not fixed), and nearly every method of a request would be one.
/// On the wire and in stored JSON it is what a <see cref="UInt128"/> is.
/// </summary>
/// <param name="High">The upper 64 bits.</param>
/// <param name="Low">The lower 64 bits.</param>
[Alias("flowgpt.Digest"), JsonConverter(typeof(DigestJson))]
public readonly record struct Digest(ulong High, ulong Low)
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = 16;

    /// <summary>Whether it is the number 0, which identifies nothing.</summary>
    public bool IsNone => (High | Low) == 0;

    /// <summary>The number that the first 16 bytes are, most significant byte first.</summary>
    public static Digest Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Writes the number to the first 16 bytes, most significant byte first.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(High, Low);

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}

/// <summary>A digest as JSON: the number.</summary>
public sealed class DigestJson : JsonConverter<Digest>
{
    /// <inheritdoc/>
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var digits = Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        return UInt128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new((ulong)(number >> 64), (ulong)number)
            : throw new JsonException("A digest is a whole number of at most 128 bits.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) =>
        writer.WriteRawValue(new UInt128(value.High, value.Low).ToString(CultureInfo.InvariantCulture));
}

/// <summary>A digest on the wire between silos: the number.</summary>
[RegisterSerializer]
public sealed class DigestCodec : IFieldCodec<Digest>
{
    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, Digest value)
        where TBufferWriter : IBufferWriter<byte> => UInt128Codec.WriteField(ref writer, fieldIdDelta, new UInt128(value.High, value.Low));

    /// <inheritdoc/>
    public Digest ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        var number = UInt128Codec.ReadValue(ref reader, field);
        return new((ulong)(number >> 64), (ulong)number);
    }
}

/// <summary>A digest needs no copy.</summary>
[RegisterCopier]
public sealed class DigestCopier : ShallowCopier<Digest>;
