using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses.Sockets;

/// <summary>Writes the events that only WebSockets have.</summary>
internal static class SocketEvents
{
    /// <summary>The error of a connection that has stood for the longest time.</summary>
    public static ApiError TooOld { get; } =
        new(
            StatusCodes.Status400BadRequest,
            ErrorTypes.InvalidRequest,
            "websocket_connection_limit_reached",
            null,
            "The connection has reached its longest time of 60 minutes. Open a new one."
        );

    /// <summary>An error in the place of a response.</summary>
    public static ReadOnlyMemory<byte> Error(ApiError error)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, ItemWriter.Options);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteNumber("status"u8, error.Status);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, error.Type);
        json.WriteString("code"u8, error.Code ?? error.Type);
        json.WriteString("message"u8, error.Message);
        json.WriteString("param"u8, error.Param);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    /// <summary>An answer with an error status, as an event.</summary>
    /// <param name="status">The status.</param>
    /// <param name="body">OpenAI's error object.</param>
    public static ReadOnlyMemory<byte> Error(int status, ReadOnlyMemory<byte> body)
    {
        using var tree = JsonDocument.Parse(body);
        var error = tree.RootElement.GetProperty("error"u8);
        return Error(
            new ApiError(
                status,
                error.GetProperty("type"u8).GetString() ?? ErrorTypes.Server,
                error.GetProperty("code"u8).GetString(),
                error.GetProperty("param"u8).GetString(),
                error.GetProperty("message"u8).GetString() ?? ""
            )
        );
    }
}
