namespace FlowGpt.ApiFrontend.Requests;

/// <summary>Ids that this frontend mints or takes over.</summary>
internal static class RequestIds
{
    private const int LongestClientId = 128;

    /// <summary>32 hex digits that sort by time.</summary>
    public static string MintUnique(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    /// <summary>The client's own <c>x-request-id</c> if it is harmless in a header and a log line, else a new one.</summary>
    public static string OfRequest(HttpRequest request, TimeProvider time)
    {
        var sent = request.Headers["x-request-id"];
        return sent.Count == 1 && sent[0] is { } id && IsSane(id) ? id : "req_" + MintUnique(time);
    }

    private static bool IsSane(string id)
    {
        if (id.Length is 0 or > LongestClientId)
        {
            return false;
        }

        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':'))
            {
                return false;
            }
        }

        return true;
    }
}
