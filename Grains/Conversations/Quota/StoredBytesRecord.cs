using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Conversations.Quota;

/// <summary>What is stored for a client key, by the day on which the records will have ended.</summary>
[GenerateSerializer, Alias("flowgpt.StoredBytesRecord")]
public sealed class StoredBytesRecord
{
    /// <summary>A sum for each such day, in order; never less than is stored.</summary>
    [Id(0)]
    public List<StoredBytes> Days { get; set; } = [];
}
