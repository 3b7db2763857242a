namespace FlowGpt.Tests.Process.Faults;

/// <summary>How a request of the load ended, as its client saw it.</summary>
internal enum LoadOutcome
{
    /// <summary>Not yet.</summary>
    Running,

    /// <summary>Its own whole reply came.</summary>
    Served,

    /// <summary>An HTTP error came and no text.</summary>
    Refused,

    /// <summary>No answer at all: the connection failed before there was a status.</summary>
    Unreachable,

    /// <summary>Text came, then an error event.</summary>
    ErrorEvent,

    /// <summary>Text came, and then the connection ended without a word.</summary>
    Cut,

    /// <summary>It ended as if whole, and was not.</summary>
    FakedEnd,

    /// <summary>Text came that is not its own.</summary>
    Foreign,

    /// <summary>The client gave up after the deadline.</summary>
    Hung,

    /// <summary>The client left it when the load ended.</summary>
    Left,
}
