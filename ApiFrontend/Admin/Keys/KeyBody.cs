using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>Reads the bodies of routes about keys.</summary>
internal static class KeyBody
{
    private const int MostBytes = 1024 * 1024;

    /// <summary>Null when all is well, else the first problem.</summary>
    public static async ValueTask<ApiError?> ReadAsync(HttpContext context, Func<ReadOnlySequence<byte>, ApiError?> read)
    {
        if (JsonBody.CheckHead(context.Request, MostBytes) is { } badHead)
        {
            return badHead;
        }

        var reader = context.Request.BodyReader;
        if (await JsonBody.ReadAsync(reader, MostBytes, context.RequestAborted) is not { } bytes)
        {
            return GatewayErrors.BodyTooLarge(MostBytes);
        }

        var error = read(bytes);
        reader.AdvanceTo(bytes.End);
        return error;
    }
}
