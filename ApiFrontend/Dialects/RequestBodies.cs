using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>Reads the bodies of requests that begin no turn.</summary>
internal static class RequestBodies
{
    /// <summary>What the reader makes of the body, or the first problem.</summary>
    /// <param name="request">The request.</param>
    /// <param name="most">Most bytes of a body.</param>
    /// <param name="read">Reads the fields.</param>
    /// <param name="empty">What an empty body stands for; null when there must be one.</param>
    /// <typeparam name="T">What the body becomes.</typeparam>
    public static ValueTask<(T? Body, ApiError? Error)> ReadAsync<T>(
        HttpRequest request,
        int most,
        ParsedBody.BodyReader<T> read,
        T? empty = null
    )
        where T : class =>
        JsonBody.ReadAsync<(ParsedBody.BodyReader<T> Read, T? Empty), T>(
            request,
            most,
            (read, empty),
            static (in bytes, how, out body) =>
            {
                body = how.Empty;
                return bytes.IsEmpty && body is not null ? null : ParsedBody.Read(bytes, how.Read, out body);
            }
        );
}
