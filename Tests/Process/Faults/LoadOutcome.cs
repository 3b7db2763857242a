namespace FlowGpt.Tests.Process.Faults;

/// <summary>How a request of the load ended, as its client saw it.</summary>
internal enum LoadOutcome
{
    /// <summary>The request has not ended yet.</summary>
    Running,

    /// <summary>The whole reply to this request came.</summary>
    Served,

    /// <summary>An HTTP error came and no text.</summary>
    Refused,

    /// <summary>No answer at all: the connection failed before there was a status.</summary>
    Unreachable,

    /// <summary>Text came, then an error event.</summary>
    ErrorEvent,

    /// <summary>Text came, and then the connection ended without an error event.</summary>
    Cut,

    /// <summary>The reply ended like a whole one and was not whole.</summary>
    FakedEnd,

    /// <summary>Text of another request came.</summary>
    Foreign,

    /// <summary>The client gave up after the deadline.</summary>
    Hung,

    /// <summary>The client cancelled the request when the load ended.</summary>
    Left,
}
