using System.Globalization;

namespace FlowGpt.ApiFrontend.Errors;

/// <summary>Errors that are not about a field of the body: routes, keys, sizes and the gateway's own failures.</summary>
internal static class GatewayErrors
{
    public static ApiError Internal { get; } =
        new(500, ErrorTypes.Server, "internal_error", null, "The server had an error while processing your request. Sorry about that!");

    public static ApiError TooManyInFlight { get; } =
        new(
            429,
            ErrorTypes.Requests,
            "rate_limit_exceeded",
            null,
            "Too many requests of this key or this address are in flight. Wait for some of them to end."
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
            ShouldRetry = true,
        };

    public static ApiError MissingKey { get; } =
        new(
            401,
            ErrorTypes.InvalidRequest,
            null,
            null,
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
                + "(i.e. Authorization: Bearer YOUR_KEY)."
        )
        {
            KeyRefusal = "missing",
        };

    public static ApiError WrongKey(string presented) =>
        new(
            401,
            ErrorTypes.InvalidRequest,
            "invalid_api_key",
            null,
            $"Incorrect API key provided: {Mask(presented)}. The operator of this gateway hands out its keys."
        )
        {
            KeyRefusal = "wrong",
        };

    public static ApiError ClientKeyOnAdmin { get; } =
        new(
            403,
            ErrorTypes.InvalidRequest,
            "admin_key_required",
            null,
            "This is a client's key. Admin routes need the operators' key (ADMIN_API_KEY)."
        );

    public static ApiError UnknownRoute(string method, string path) =>
        new(404, ErrorTypes.InvalidRequest, "unknown_url", null, $"Invalid URL ({method} {RequestErrors.Shorten(path)})");

    public static ApiError MistypedAddress(string method, string path, string address) =>
        new(
            404,
            ErrorTypes.InvalidRequest,
            "unknown_url",
            null,
            $"Invalid URL ({method} {RequestErrors.Shorten(path)}): the base address of the client is not that of this API, or has a part that the client adds itself. Set its base address to {address}."
        );

    public static ApiError MethodNotAllowed(string method, string path) =>
        new(405, ErrorTypes.InvalidRequest, "method_not_supported", null, $"Not allowed to {method} on {RequestErrors.Shorten(path)}.");

    public static ApiError UnknownModel(string model) =>
        new(
            404,
            ErrorTypes.InvalidRequest,
            "model_not_found",
            "model",
            $"The model '{RequestErrors.Shorten(model)}' does not exist or you do not have access to it. GET /v1/models lists the models."
        );

    public static ApiError NotFound(string message) => new(404, ErrorTypes.InvalidRequest, "not_found", null, message);

    public static ApiError BodyTooLarge(long most) =>
        new(
            413,
            ErrorTypes.InvalidRequest,
            "request_too_large",
            null,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The request body is too large: at most {most} bytes are accepted. Send less, or ask the operator to raise FlowGpt:Frontend:MaxRequestBodyBytes."
            )
        );

    public static ApiError UnsupportedContentType(string contentType) =>
        new(
            415,
            ErrorTypes.InvalidRequest,
            "unsupported_content_type",
            null,
            $"Unsupported content type: '{RequestErrors.Shorten(contentType)}'. This API method only accepts 'application/json' requests."
        );

    public static ApiError BadRequest(int status) =>
        new(status, ErrorTypes.InvalidRequest, "bad_request", null, "The request could not be read as HTTP.");

    /// <summary>The reply was lost on this side: a silo ended, or none can be reached.</summary>
    public static ApiError Interrupted { get; } =
        new(503, ErrorTypes.Server, "interrupted", null, "The response was interrupted on this side. Please send the request again.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
            ShouldRetry = true,
        };

    public static ApiError TimedOut { get; } =
        new(504, ErrorTypes.Server, "upstream_timeout", null, "No complete reply came within the request's time.");

    public static ApiError Cancelled { get; } =
        new(409, ErrorTypes.InvalidRequest, "response_cancelled", null, "The response was cancelled by another request.")
        {
            ShouldRetry = false,
        };

    /// <summary>Enough of a key to recognise it by, never more than a third of it.</summary>
    internal static string Mask(string key) => key.Length < 16 ? "***" : $"{key.AsSpan(0, 3)}***{key.AsSpan(key.Length - 2)}";
}
