namespace FlowGpt.Tests.Process.Faults;

/// <summary>The kinds of requests of the load.</summary>
internal enum LoadKind
{
    /// <summary>A whole reply: one JSON object.</summary>
    Plain,

    /// <summary>A short stream.</summary>
    Stream,

    /// <summary>A stream of some seconds, so that streams are in flight at every fault.</summary>
    LongStream,

    /// <summary>A turn of a stored conversation.</summary>
    Stored,
}
