using System.ComponentModel.DataAnnotations;

namespace FlowGpt.Grains.Conversations.Quota;

/// <summary>How much may be stored for a client key.</summary>
public sealed class StoredBytesOptions
{
    /// <summary>Configuration section; the options of conversations are in the same.</summary>
    public const string Section = "FlowGpt:Conversations";

    /// <summary>
    /// Most bytes of conversations and responses that are stored for one client key, unless the key has its own limit; beyond it turns that are to be stored are refused.
    /// The master key of the configuration has no limit.
    /// </summary>
    /// <value>67,108,864 by default; 0 for no limit.</value>
    [Range(0, long.MaxValue)]
    public long MaxBytesPerKey { get; set; } = 67_108_864;
}
