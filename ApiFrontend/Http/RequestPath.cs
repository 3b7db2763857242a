using System.Text;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>Makes paths that clients build from a base address with a trailing slash match: <c>/v1//models</c> is <c>/v1/models</c>.</summary>
internal static class RequestPath
{
    public static void Normalize(HttpRequest request)
    {
        if (request.Path.Value is { } path && path.Contains("//", StringComparison.Ordinal))
        {
            request.Path = new PathString(Collapse(path));
        }
    }

    private static string Collapse(string path)
    {
        var result = new StringBuilder(path.Length);
        foreach (var c in path)
        {
            if (c != '/' || result.Length == 0 || result[^1] != '/')
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }
}
