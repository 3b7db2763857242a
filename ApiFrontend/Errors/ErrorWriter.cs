using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlowGpt.ApiFrontend.Errors;

/// <summary>Writes the body of an error answer: one JSON object.</summary>
internal delegate void ErrorBody(IBufferWriter<byte> output, ApiError error);

/// <summary>Writes OpenAI's error object: as a whole response, or as the payload of a stream's last event.</summary>
internal static class ErrorWriter
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The longest wait that headers say. Some SDKs ignore longer waits, others hang for that time, for hours where a day's budget is used up. Where the wait is longer,
    /// clients are told not to repeat by themselves.
    /// </summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>A limit of a minute frees a little after the minute, so that clocks may differ: SDKs obey a minute.</summary>
    private static readonly TimeSpan Minute = LongestWait + TimeSpan.FromSeconds(5);

    /// <summary>Answers with the error. The response must not have started; headers set before are kept.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">What failed.</param>
    /// <param name="form">The form of the body; null for OpenAI's.</param>
    public static Task WriteAsync(HttpContext context, ApiError error, ErrorBody? form = null)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = "application/json; charset=utf-8";
        SetRetryHeaders(response.Headers, error);

        var body = new ArrayBufferWriter<byte>(512);
        (form ?? WriteObject)(body, error);
        response.ContentLength = body.WrittenCount;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }

    /// <summary>Writes <c>{"error":{…}}</c> on one line.</summary>
    public static void WriteObject(IBufferWriter<byte> destination, ApiError error)
    {
        using var writer = new Utf8JsonWriter(destination, Json);
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("type"u8, error.Type);
        writer.WriteString("param"u8, error.Param);
        writer.WriteString("code"u8, error.Code);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void SetRetryHeaders(IHeaderDictionary headers, ApiError error)
    {
        if (error.RetryAfter is { } wait && error.Status is 429 or 503 or 529)
        {
            error = wait > Minute ? error with { ShouldRetry = false } : error;
            wait =
                wait <= TimeSpan.Zero ? TimeSpan.Zero
                : wait > LongestWait ? LongestWait
                : wait;
            headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            headers["retry-after-ms"] = ((long)Math.Ceiling(wait.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (error.ShouldRetry is { } retry)
        {
            headers["x-should-retry"] = retry ? "true" : "false";
        }
    }
}
