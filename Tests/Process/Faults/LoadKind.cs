namespace FlowGpt.Tests.Process.Faults;

/// <summary>What a request of the load is like.</summary>
internal enum LoadKind
{
    /// <summary>One JSON object at the end.</summary>
    Plain,

    /// <summary>A short stream.</summary>
    Stream,

    /// <summary>A stream of some seconds, so that every fault meets streams in flight.</summary>
    LongStream,

    /// <summary>A turn of a stored conversation.</summary>
    Stored,
}
