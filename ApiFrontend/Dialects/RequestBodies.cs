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
    public static async ValueTask<(T? Body, ApiError? Error)> ReadAsync<T>(
        HttpRequest request,
        int most,
        ParsedBody.BodyReader<T> read,
        T? empty = null
    )
        where T : class
    {
        if (JsonBody.CheckHead(request, most) is { } badHead)
        {
            return (null, badHead);
        }

        var reader = request.BodyReader;
        if (await JsonBody.ReadAsync(reader, most, request.HttpContext.RequestAborted) is not { } bytes)
        {
            return (null, GatewayErrors.BodyTooLarge(most));
        }

        if (bytes.IsEmpty && empty is not null)
        {
            reader.AdvanceTo(bytes.End);
            return (empty, null);
        }

        var error = ParsedBody.Read(bytes, read, out var body);
        reader.AdvanceTo(bytes.End);
        return (body, error);
    }
}
