namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>Where a reply's body stands.</summary>
internal enum NdjsonState
{
    /// <summary>It goes on.</summary>
    More,

    /// <summary>It ended, and there was text.</summary>
    End,

    /// <summary>It ended without any text, but was empty or held events.</summary>
    EndWithoutText,

    /// <summary>It ended, and no line of it was an event.</summary>
    EndWithoutEvents,

    /// <summary>It ended inside a line: the rest of the reply is missing.</summary>
    EndInsideLine,

    /// <summary>Its last event is an error.</summary>
    EndInError,

    /// <summary>It is a web page.</summary>
    Html,

    /// <summary>A line is longer than allowed.</summary>
    LineTooLong,
}
