namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>Recognises a web page among the API's answers: no JSON begins with <c>&lt;</c>. Pure.</summary>
internal static class HtmlPage
{
    /// <summary>Whether a body that starts with these bytes is a page.</summary>
    public static bool Begins(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        body = body.TrimStart(" \t\r\n"u8);
        return !body.IsEmpty && body[0] == (byte)'<';
    }
}
