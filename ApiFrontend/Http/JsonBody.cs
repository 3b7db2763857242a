using System.Buffers;
using System.IO.Pipelines;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>Reads the body of every request: checks its head, waits for the whole body in the server's own buffers, up to a limit, and has it parsed there.</summary>
internal static class JsonBody
{
    /// <summary>Parses a body. Null when all is well, else the problem.</summary>
    /// <param name="body">The whole body; not valid after the call.</param>
    /// <param name="state">What the caller gave.</param>
    /// <param name="value">What the body says, when there is no problem.</param>
    /// <typeparam name="TState">What the parser needs beside the body.</typeparam>
    /// <typeparam name="T">What the body becomes.</typeparam>
    public delegate ApiError? Parser<in TState, T>(in ReadOnlySequence<byte> body, TState state, out T? value);

    /// <summary>What the parser makes of the body, or the first problem.</summary>
    /// <param name="request">The request.</param>
    /// <param name="most">Most bytes of a body.</param>
    /// <param name="state">Given to the parser.</param>
    /// <param name="parse">Parses the body.</param>
    /// <typeparam name="TState">What the parser needs beside the body.</typeparam>
    /// <typeparam name="T">What the body becomes.</typeparam>
    public static async ValueTask<(T? Value, ApiError? Error)> ReadAsync<TState, T>(
        HttpRequest request,
        int most,
        TState state,
        Parser<TState, T> parse
    )
    {
        if (CheckHead(request, most) is { } badHead)
        {
            return (default, badHead);
        }

        var reader = request.BodyReader;
        if (await GatherAsync(reader, most, request.HttpContext.RequestAborted) is not { } bytes)
        {
            return (default, GatewayErrors.BodyTooLarge(most));
        }

        var error = parse(bytes, state, out var value);
        reader.AdvanceTo(bytes.End);
        return (value, error);
    }

    /// <summary>Checks what the head says about the body. Null when it may be read. A missing content type is let pass.</summary>
    private static ApiError? CheckHead(HttpRequest request, int most)
    {
        if (request.ContentType is { Length: > 0 } type && !IsJson(type))
        {
            return GatewayErrors.UnsupportedContentType(type);
        }

        return request.ContentLength > most ? GatewayErrors.BodyTooLarge(most) : null;
    }

    /// <summary>Waits for the whole body, which stays in the reader. Null when the body is longer than <paramref name="most"/>.</summary>
    private static async ValueTask<ReadOnlySequence<byte>?> GatherAsync(PipeReader reader, int most, CancellationToken cancellationToken)
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
