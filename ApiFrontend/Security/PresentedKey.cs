namespace FlowGpt.ApiFrontend.Security;

/// <summary>Reads the key that a client presents: <c>Authorization: Bearer …</c>, or <c>x-api-key</c> as Anthropic's clients send it.</summary>
internal static class PresentedKey
{
    private const string Header = "x-api-key";

    /// <summary>The key; null when there is none.</summary>
    public static string? Read(HttpRequest request)
    {
        if (BearerToken.Read(request) is { } token)
        {
            return token;
        }

        var header = request.Headers[Header];
        return header.Count == 1 && header[0]?.Trim() is { Length: > 0 } key ? key : null;
    }
}
