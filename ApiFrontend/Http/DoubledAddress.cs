namespace FlowGpt.ApiFrontend.Http;

/// <summary>
/// Recognises paths of clients whose base address holds a part that the client adds itself: <c>/v1/v1/models</c>,
/// <c>/v1/chat/completions/chat/completions</c>.
/// </summary>
internal static class DoubledAddress
{
    private static readonly string[] Routes = ["/chat/completions", "/completions", "/responses", "/embeddings", "/messages", "/models"];

    private const string Messages = "/messages";

    /// <summary>Whether the path ends with what a client of Anthropic's API adds, or the request has the header of such a client.</summary>
    public static bool IsOfAnthropic(HttpRequest request)
    {
        if (request.Headers.ContainsKey("anthropic-version"))
        {
            return true;
        }

        var path = (request.Path.Value ?? "").AsSpan().TrimEnd('/');
        var last = path.LastIndexOf(Messages, StringComparison.OrdinalIgnoreCase);
        if (last < 0)
        {
            return false;
        }

        var after = path[(last + Messages.Length)..];
        return after.IsEmpty
            || after.Equals("/count_tokens", StringComparison.OrdinalIgnoreCase)
            || after.StartsWith("/batches", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The base address that the request's client needs: clients of Anthropic's API add <c>/v1</c> themselves.</summary>
    public static string BaseAddress(HttpRequest request) =>
        $"{request.Scheme}://{request.Host}{request.PathBase}{(IsOfAnthropic(request) ? "" : "/v1")}";

    public static bool IsIn(PathString path)
    {
        if (
            path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase, out var rest)
            && IsRoute(rest, mayBeVersion: true, out var after)
        )
        {
            return after.HasValue && (rest.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase) || IsRoute(after, true, out _));
        }

        return IsRoute(path, mayBeVersion: false, out after) && IsRoute(after, mayBeVersion: true, out _);
    }

    private static bool IsRoute(PathString path, bool mayBeVersion, out PathString after)
    {
        foreach (var route in Routes)
        {
            if (path.StartsWithSegments(route, StringComparison.OrdinalIgnoreCase, out after))
            {
                return true;
            }
        }

        after = default;
        return mayBeVersion && path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase, out after);
    }
}
