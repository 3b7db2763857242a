using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FlowGpt.ApiFrontend.Requests;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Writes what admin routes answer.</summary>
internal static class AdminAnswer
{
    public static async Task WriteAsync<T>(ApiRequest request, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        var response = request.Context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(response.BodyWriter, value, type, request.Context.RequestAborted);
    }
}
