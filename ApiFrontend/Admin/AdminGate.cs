using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Requests;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>What all handlers of admin routes do when something below them fails. The key was checked before, by the pipeline.</summary>
internal sealed partial class AdminGate(ILogger<AdminGate> logger)
{
    /// <summary>Runs a handler; a cluster that cannot be reached, or a storage that fails, is answered 503.</summary>
    public async Task HandleAsync(HttpContext context, Func<ApiRequest, Task> answer)
    {
        var request = ApiRequest.Of(context);
        try
        {
            await answer(request);
        }
        catch (Exception exception) when (TransientFailures.Is(exception) && !context.Response.HasStarted)
        {
            await request.RefuseAsync(GatewayErrors.Interrupted);
        }
        catch (Exception exception) when (IsOfTheCluster(exception) && !context.Response.HasStarted)
        {
            LogFailed(exception, request.Id);
            await request.RefuseAsync(AdminErrors.Failed);
        }
    }

    /// <summary>Exceptions of storage and grains; not those for which the pipeline has a better answer.</summary>
    private static bool IsOfTheCluster(Exception exception) =>
        exception
            is not (
                BadHttpRequestException
                or UndecodableBodyException
                or OperationCanceledException
                or ReplyCutException
                // A chunk of a size that no body can have.
                or IOException { InnerException: OverflowException }
            );

    [LoggerMessage(EventId = 1401, Level = LogLevel.Error, Message = "Admin request {RequestId} failed")]
    private partial void LogFailed(Exception exception, string requestId);
}
