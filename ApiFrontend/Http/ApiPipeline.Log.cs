namespace FlowGpt.ApiFrontend.Http;

internal sealed partial class ApiPipeline
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "Request {RequestId} failed with an unhandled exception")]
    private partial void LogUnhandled(Exception exception, string requestId);
}
