namespace FlowGpt.ApiFrontend.Errors;

/// <summary>Values of the error object's <c>type</c>.</summary>
internal static class ErrorTypes
{
    public const string InvalidRequest = "invalid_request_error";
    public const string Server = "server_error";
    public const string Requests = "requests";
    public const string Tokens = "tokens";
}
