namespace FlowGpt.Tests.Process.Faults;

/// <summary>Which requests of clients a fault may make fail.</summary>
internal enum Losses
{
    /// <summary>Nothing: every request is served.</summary>
    None,

    /// <summary>Streams whose clients had seen text may end with an error event. Requests without text are served.</summary>
    StreamsInFlight,

    /// <summary>Requests that the API process which died held may lose their connection; all others are served.</summary>
    ConnectionsOfTheDead,

    /// <summary>Any request may fail, each with an error.</summary>
    HonestErrors,

    /// <summary>Any request may fail or lose its connection.</summary>
    Any,
}
