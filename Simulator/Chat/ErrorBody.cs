using System.Text.Json;
using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Simulator.Chat;

/// <summary>Error answers in the forms the upstream's clients have seen.</summary>
internal static class ErrorBody
{
    private const string Page = "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>";

    public static Task WriteAsync(HttpContext context, int status, string message, ErrorShape? shape, int? retryAfterSeconds = null)
    {
        context.Response.StatusCode = status;
        if (retryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString();
        }

        if (shape == ErrorShape.Empty)
        {
            return Task.CompletedTask;
        }

        context.Response.ContentType = MediaType(shape);
        return context.Response.WriteAsync(Text(status, message, shape));
    }

    public static string MediaType(ErrorShape? shape) => shape == ErrorShape.Html ? "text/html; charset=utf-8" : "application/json";

    /// <param name="status">The HTTP status.</param>
    /// <param name="message">What happened.</param>
    /// <param name="shape">The form; null for the FlowGPT face's own.</param>
    /// <param name="type">The error's type, for <see cref="ErrorShape.OpenAi"/>.</param>
    /// <param name="code">The error's code, for <see cref="ErrorShape.OpenAi"/>.</param>
    /// <param name="parameter">The field that is wrong, for <see cref="ErrorShape.OpenAi"/>.</param>
    public static string Text(
        int status,
        string message,
        ErrorShape? shape,
        string type = "server_error",
        string? code = null,
        string? parameter = null
    )
    {
        var text = Quoted(message);
        return shape switch
        {
            ErrorShape.Data => $$"""{"data":{{text}}}""",
            ErrorShape.Error => $$"""{"error":{{text}}}""",
            ErrorShape.Structured => $$$"""{"error":{"code":{{{status}}},"reasons":[{{{text}}}]}}""",
            ErrorShape.OpenAi =>
                $$$"""{"error":{"message":{{{text}}},"type":{{{Quoted(type)}}},"param":{{{Quoted(parameter)}}},"code":{{{Quoted(
                code
            )}}}}}""",
            ErrorShape.Anthropic =>
                $$$"""{"type":"error","error":{"type":{{{Quoted(AnthropicType(status))}}},"message":{{{Quoted(WithField(message, parameter))}}}}}""",
            ErrorShape.Html => Page,
            ErrorShape.Empty => "",
            _ => $$"""{"message":{{text}}}""",
        };
    }

    /// <summary>The type that Anthropic gives to errors of a status.</summary>
    public static string AnthropicType(int status) =>
        status switch
        {
            401 => "authentication_error",
            402 => "billing_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            504 => "timeout_error",
            529 => "overloaded_error",
            >= 500 => "api_error",
            _ => "invalid_request_error",
        };

    /// <summary>Anthropic names the field at the start of the message, with dots before numbers.</summary>
    private static string WithField(string message, string? parameter) =>
        parameter is null
            ? message
            : $"{parameter.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)}: {message}";

    private static string Quoted(string? text) => text is null ? "null" : $"\"{JsonEncodedText.Encode(text)}\"";
}
