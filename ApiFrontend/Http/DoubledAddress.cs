namespace FlowGpt.ApiFrontend.Http;

/// <summary>
/// Recognises paths of clients whose base address holds a part that the client adds itself: <c>/v1/v1/models</c>,
/// <c>/v1/chat/completions/chat/completions</c>.
/// </summary>
internal static class DoubledAddress
{
    private static readonly string[] Routes = ["/chat/completions", "/completions", "/responses", "/embeddings", "/messages", "/models"];

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
