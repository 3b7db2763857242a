using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>An error as OpenAI-compatible servers answer it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Type">The family of the error.</param>
/// <param name="Code">The error's name, if it has one.</param>
/// <param name="Parameter">The request's field that is wrong, if one is.</param>
internal sealed record ApiError(int Status, string Message, string Type, string? Code = null, string? Parameter = null)
{
    private const string Invalid = "invalid_request_error";

    public static ApiError BadRequest(string message, string? parameter, string? code = null) =>
        new(400, message, Invalid, code, parameter);

    public static ApiError Unauthorized(string message, string? code) => new(401, message, Invalid, code);

    public static ApiError UnknownModel(string model, string? parameter) =>
        new(404, $"The model '{model}' does not exist or you do not have access to it.", Invalid, "model_not_found", parameter);

    public static ApiError UnknownRoute(HttpRequest request) => new(404, $"Invalid URL ({request.Method} {request.Path})", Invalid);

    public static ApiError WrongMethod(HttpRequest request) =>
        new(405, $"Not allowed to {request.Method} on {request.Path}.", Invalid, "method_not_supported");

    public static ApiError Of(FaultSettings fault)
    {
        var error = FaultError.Of(fault);
        return new ApiError(error.Status, error.Message, error.Type, error.Code, fault.Param);
    }
}
