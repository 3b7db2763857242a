namespace FlowGpt.ApiFrontend.Errors;

/// <summary>Errors of a request's fields, with OpenAI's codes and wording.</summary>
internal static class RequestErrors
{
    public static ApiError InvalidJson(string problem) =>
        Create(
            "invalid_json",
            null,
            $"Invalid body: failed to parse JSON value. {problem} Please check the value to ensure it is valid JSON."
        );

    /// <summary>A string of the body is no text. Where it is: empty for a name.</summary>
    public static ApiError InvalidText(string path) =>
        Create(
            "invalid_json",
            path.Length == 0 ? null : path,
            $"Invalid body: {(path.Length == 0 ? "a name" : $"the text of '{path}'")} holds bytes that are no valid UTF-8. Send the body in UTF-8."
        );

    public static ApiError UnsupportedCoding(string coding) =>
        new(
            StatusCodes.Status415UnsupportedMediaType,
            ErrorTypes.InvalidRequest,
            "unsupported_content_encoding",
            "Content-Encoding",
            $"Unsupported content encoding: '{Shorten(coding)}'. Send the body in one of gzip, deflate, br, zstd, or as it is."
        );

    public static ApiError UndecodableBody(string coding) =>
        Create(
            "invalid_content_encoding",
            "Content-Encoding",
            $"Invalid body: the header Content-Encoding says {coding}, but the body is not valid {coding} data, or ends too soon."
        );

    public static ApiError Missing(string param) => Create("missing_required_parameter", param, $"Missing required parameter: '{param}'.");

    public static ApiError Unknown(string param) => Create("unknown_parameter", param, $"Unknown parameter: '{param}'.");

    public static ApiError Unsupported(string param, string why) =>
        Create("unsupported_parameter", param, $"Unsupported parameter: '{param}'. {why}");

    public static ApiError InvalidType(string param, string expected, string got) =>
        Create("invalid_type", param, $"Invalid type for '{param}': expected {expected}, but got {got} instead.");

    public static ApiError InvalidValue(string param, string got, string supported) =>
        Create("invalid_value", param, $"Invalid value of '{param}': '{Shorten(got)}'. Supported values are: {supported}.");

    public static ApiError Invalid(string param, string problem) => Create("invalid_value", param, $"Invalid '{param}': {problem}");

    public static ApiError UnknownCall(string param) =>
        Create(
            "invalid_value",
            param,
            $"Invalid '{param}': no message before calls a tool with this id. Send the assistant's message with its 'tool_calls' before the results."
        );

    public static ApiError RepeatedResult(string param) =>
        Create(
            "invalid_value",
            param,
            $"Invalid '{param}': the call with this id has an output already. Send one output for each call; put several texts into the parts of that output."
        );

    public static ApiError Empty(string param) =>
        Create("invalid_value", param, $"Invalid '{param}': there is nothing to answer. Put text or another part into it.");

    public static ApiError EmptyArray(string param) =>
        Create(
            "empty_array",
            param,
            $"Invalid '{param}': empty array. Expected an array with minimum length 1, but got an empty array instead."
        );

    public static ApiError ArrayTooLong(string param, int most, int got) =>
        Create(
            "array_above_max_length",
            param,
            $"Invalid '{param}': array too long. Expected an array with maximum length {most}, but got an array with length {got} instead."
        );

    public static ApiError ObjectTooLarge(string param, int most, int got) =>
        Create(
            "object_above_max_properties",
            param,
            $"Invalid '{param}': too many properties. Expected an object with at most {most} properties, but got {got} properties instead."
        );

    public static ApiError StringTooLong(string param, int most, int got) =>
        Create(
            "string_above_max_length",
            param,
            $"Invalid '{param}': string too long. Expected a string with maximum length {most}, but got a string with length {got} instead."
        );

    public static ApiError OutOfRange(string param, bool integer, bool above, string bound, string got)
    {
        var kind = integer ? "integer" : "decimal";
        return Create(
            $"{kind}_{(above ? "above_max" : "below_min")}_value",
            param,
            $"Invalid '{param}': {kind} {(above ? "above maximum" : "below minimum")} value. "
                + $"Expected a value {(above ? "<=" : ">=")} {bound}, but got {Shorten(got)} instead."
        );
    }

    /// <summary>At most 64 characters of a value that the client sent, for an error message.</summary>
    public static string Shorten(string value) => value.Length <= 64 ? value : string.Concat(value.AsSpan(0, 64), "…");

    private static ApiError Create(string code, string? param, string message) =>
        new(StatusCodes.Status400BadRequest, ErrorTypes.InvalidRequest, code, param, message);
}
