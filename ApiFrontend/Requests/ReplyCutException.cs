namespace FlowGpt.ApiFrontend.Requests;

/// <summary>
/// Leaves the handler so that the server closes the connection without HTTP's end mark, after everything written has been
/// sent. Aborting the connection would do it too, but may discard the error event that was written last.
/// </summary>
internal sealed class ReplyCutException : Exception
{
    public ReplyCutException(string message)
        : base(message) { }
}
