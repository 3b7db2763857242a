namespace FlowGpt.ApiFrontend.Http;

/// <summary>
/// Recognises paths that no route takes and that come from a wrong base address: one that holds a part which the client adds itself (<c>/v1/v1/models</c>,
/// <c>/v1/chat/chat/completions</c>), or another service's (<c>/api/v1/models</c>, <c>/anthropic/v1/messages</c>).
/// </summary>
internal static class MistypedAddress
{
    private const string Version = "/v1";
    private const string Chat = "/chat";
    private const string ChatRoute = "/chat/completions";
    private const string Messages = "/messages";

    /// <summary>What clients add to their base address, with or without the version.</summary>
    private static readonly string[] Routes = [ChatRoute, "/completions", "/responses", "/embeddings", Messages, "/models"];

    /// <summary>The first parts of what the process serves beside the API.</summary>
    private static readonly string[] Others = ["/admin", "/dashboard", "/docs", "/health", "/metrics"];

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
    public static string Right(HttpRequest request) =>
        $"{request.Scheme}://{request.Host}{request.PathBase}{(IsOfAnthropic(request) ? "" : Version)}";

    /// <summary>Whether a path that no route takes is such a path.</summary>
    public static bool IsIn(PathString path)
    {
        var isVersioned = StartsWith(path, Version, out var rest);
        if (isVersioned && StartsWith(rest, Version, out var after))
        {
            return after.HasValue;
        }

        if (StartsWithRoute(rest, out after))
        {
            return StartsWithRoute(after, out _) || StartsWith(after, Version, out _);
        }

        return isVersioned
            ? StartsWith(rest, Chat, out after) && StartsWithRoute(WithoutVersion(after), out _)
            : !Array.Exists(Others, other => StartsWith(rest, other, out _)) && HasRouteLater(rest);
    }

    /// <summary>Whether what a route takes for an id is what a client adds to its base address: the path is then a mistyped one.</summary>
    public static bool IsRoute(string id) => StartsWithRoute(WithoutVersion("/" + id), out var after) && !after.HasValue;

    /// <summary>Whether a route follows one part of another service's address, or any parts and the version; a chat route is known anywhere.</summary>
    private static bool HasRouteLater(PathString path)
    {
        for (var parts = 1; path.HasValue; parts++)
        {
            var end = path.Value!.IndexOf('/', 1);
            path = end < 0 ? default : new PathString(path.Value[end..]);
            var isVersioned = StartsWith(path, Version, out var rest);
            if (StartsWithRoute(rest, out _) && (isVersioned || parts == 1 || StartsWith(path, ChatRoute, out _)))
            {
                return true;
            }
        }

        return false;
    }

    private static PathString WithoutVersion(PathString path)
    {
        StartsWith(path, Version, out var rest);
        return rest;
    }

    private static bool StartsWithRoute(PathString path, out PathString after)
    {
        foreach (var route in Routes)
        {
            if (StartsWith(path, route, out after))
            {
                return true;
            }
        }

        after = path;
        return false;
    }

    /// <summary>As <see cref="PathString.StartsWithSegments(PathString, StringComparison, out PathString)"/>; a path that does not start so is left whole.</summary>
    private static bool StartsWith(PathString path, string parts, out PathString after)
    {
        if (path.StartsWithSegments(parts, StringComparison.OrdinalIgnoreCase, out after))
        {
            return true;
        }

        after = path;
        return false;
    }
}
