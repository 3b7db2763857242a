using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>Reads the bodies of routes about keys.</summary>
internal static class KeyBody
{
    private const int MostBytes = 1024 * 1024;

    /// <summary>Null when all is well, else the first problem.</summary>
    public static async ValueTask<ApiError?> ReadAsync(HttpContext context, Func<ReadOnlySequence<byte>, ApiError?> read) =>
        (
            await JsonBody.ReadAsync<Func<ReadOnlySequence<byte>, ApiError?>, object>(
                context.Request,
                MostBytes,
                read,
                static (in body, read, out value) =>
                {
                    value = null;
                    return read(body);
                }
            )
        ).Error;
}
