using Orleans.Storage;

namespace FlowGpt.Grains.Records;

/// <summary>The most bytes that a stored record may have, counted as storage gets them. A record that operators make grow is measured before each growth. Thread-safe.</summary>
internal sealed class RecordCap(IGrainStorageSerializer serializer)
{
    /// <summary>The cap: 1 MiB.</summary>
    public const int Bytes = 1 << 20;

    // What is noted beside a value, such as that an account is drained, must always find room.
    private const int Spare = 16 * 1024;

    /// <summary>Whether a record may be written.</summary>
    public bool Fits<T>(T record) => serializer.Serialize(record).ToMemory().Length <= Bytes - Spare;
}
