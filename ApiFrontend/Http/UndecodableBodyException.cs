namespace FlowGpt.ApiFrontend.Http;

/// <summary>A request body is not what its <c>Content-Encoding</c> says.</summary>
internal sealed class UndecodableBodyException(string coding, Exception inner) : IOException($"The body is not valid {coding} data.", inner)
{
    /// <summary>Name of the coding.</summary>
    public string Coding => coding;
}
