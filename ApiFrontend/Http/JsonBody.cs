using System.Buffers;
using System.IO.Pipelines;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>Gathers a whole request body in the server's own buffers, up to a limit.</summary>
internal static class JsonBody
{
    /// <summary>Checks what the head says about the body. Null when it may be read. A missing content type is let pass.</summary>
    public static ApiError? CheckHead(HttpRequest request, int most)
    {
        if (request.ContentType is { Length: > 0 } type && !IsJson(type))
        {
            return GatewayErrors.UnsupportedContentType(type);
        }

        return request.ContentLength > most ? GatewayErrors.BodyTooLarge(most) : null;
    }

    /// <summary>
    /// Waits for the whole body. The caller advances <paramref name="reader"/> when it has parsed it. Null when it is longer
    /// than <paramref name="most"/>.
    /// </summary>
    public static async ValueTask<ReadOnlySequence<byte>?> ReadAsync(PipeReader reader, int most, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.Length > most)
            {
                reader.AdvanceTo(buffer.End);
                return null;
            }

            if (result.IsCompleted)
            {
                return buffer;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool IsJson(string contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || (
                type.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
                && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            );
    }
}
