using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Errors in Anthropic's form.</summary>
internal static class MessagesErrors
{
    /// <summary>The HTTP status of <c>overloaded_error</c>.</summary>
    public const int Overloaded = 529;

    /// <summary>The code of a message that no thread has; clients then send the whole history.</summary>
    private const string ThreadNotFound = "thread_not_found";

    /// <summary>The same among the codes of all dialects.</summary>
    private const string PreviousNotFound = "previous_response_not_found";

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Middleware: a request at this dialect's addresses gets its errors in this form also where no route takes the method or the address.</summary>
    public static Task ChooseFormAsync(HttpContext context, RequestDelegate next)
    {
        var request = ApiRequest.Of(context);
        request.AnthropicErrorBody = Write;
        if (IsOfDialect(context.Request.Path))
        {
            (request.ErrorBody, request.SendsRequestId) = (Write, true);
        }

        return next(context);
    }

    private static bool IsOfDialect(PathString path) => path.StartsWithSegments("/v1/messages") || path.StartsWithSegments("/messages");

    /// <summary>Writes the object, on one line.</summary>
    public static void Write(IBufferWriter<byte> output, ApiError error)
    {
        using var json = new Utf8JsonWriter(output, Json);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, TypeOf(error));
        var isThread = error.Code == PreviousNotFound;
        json.WriteString(
            "message"u8,
            isThread ? "No thread has a message of this id; send the whole history in 'messages'." : error.Message
        );
        if (isThread)
        {
            json.WriteStartObject("details"u8);
            json.WriteString("error_code"u8, ThreadNotFound);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (error.RequestId is { } id)
        {
            json.WriteString("request_id"u8, id);
        }

        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> TypeOf(ApiError error) =>
        error.Status switch
        {
            401 => "authentication_error"u8,
            402 => "billing_error"u8,
            403 => "permission_error"u8,
            404 => "not_found_error"u8,
            413 => "request_too_large"u8,
            429 => "rate_limit_error"u8,
            503 or Overloaded => "overloaded_error"u8,
            504 => "timeout_error"u8,
            >= 500 => "api_error"u8,
            _ => "invalid_request_error"u8,
        };
}
