namespace FlowGpt.Tests.Process.Faults;

/// <summary>What a fault may cost the clients.</summary>
internal enum Losses
{
    /// <summary>Nothing: every request is served.</summary>
    None,

    /// <summary>Streams whose clients had seen text may end with an error event. What had no text yet is served.</summary>
    StreamsInFlight,

    /// <summary>Requests that the API process which died held may lose their connection; all others are served.</summary>
    ConnectionsOfTheDead,

    /// <summary>Any request may fail, but each says so.</summary>
    HonestErrors,

    /// <summary>Any request may fail or lose its connection.</summary>
    Any,
}
