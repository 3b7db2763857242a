namespace FlowGpt.Tests.Process.Faults;

/// <summary>What a fault may cost the clients.</summary>
internal enum Losses
{
    /// <summary>Nothing: every request is served.</summary>
    None,

    /// <summary>Streams that were in flight may end with an error event. What had no text yet is served.</summary>
    StreamsInFlight,

    /// <summary>Requests that were in flight may lose their connection, since the process that held it is gone.</summary>
    ConnectionsInFlight,

    /// <summary>Any request may fail, but each says so.</summary>
    HonestErrors,

    /// <summary>Any request may fail or lose its connection.</summary>
    Any,
}
