using System.Net.Http.Headers;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>Sets and reads headers by any name.</summary>
internal static class HeaderValues
{
    /// <summary>Sets a header in the place of others of its name.</summary>
    public static void Set(HttpRequestMessage request, string name, string value)
    {
        if (request.Headers.NonValidated.Contains(name))
        {
            request.Headers.Remove(name);
        }

        if (!request.Headers.TryAddWithoutValidation(name, value))
        {
            // Content-Language and the like belong to the body.
            request.Content?.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>A header's first value as it was received; null when there is none.</summary>
    public static string? Find(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
