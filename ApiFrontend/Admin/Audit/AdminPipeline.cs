using FlowGpt.ApiFrontend.Admin.Dashboard;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.Grains.Interfaces.Audit;

namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>
/// Stands before every route below <c>/admin</c>, whoever maps it: asks for the operators' key, and notes every request that may change
/// something before it is carried out and after. What cannot be noted is not done: the log has no gap that nobody knows of.
/// </summary>
/// <remarks>A request whose end could not be noted stands in the log without a status: it was begun, and may have been done.</remarks>
internal sealed partial class AdminPipeline(
    RequestDelegate next,
    AdminAuthenticator authenticator,
    DashboardGate dashboard,
    AuditLog log,
    TimeProvider time,
    ILogger<AdminPipeline> logger
)
{
    private const int LongestTarget = 256;
    private const int LongestForwarded = 128;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(context);
            return;
        }

        var request = ApiRequest.Of(context);
        request.Operation = "admin";
        if (DashboardGate.IsFor(context))
        {
            if (await dashboard.AdmitAsync(request))
            {
                await next(context);
            }

            return;
        }

        if (await authenticator.CheckAsync(context) is { } refused)
        {
            await request.RefuseAsync(refused);
            return;
        }

        request.KeyId = "admin";
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }

        if (await BeginAsync(request, endpoint) is { } ticket)
        {
            await CarryOutAsync(context, request, ticket);
        }
    }

    private async Task CarryOutAsync(HttpContext context, ApiRequest request, AuditTicket ticket)
    {
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context);
            status = context.Response.StatusCode;
        }
        finally
        {
            // A client that leaves may have had its way already.
            status = context.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest : status;
            await EndAsync(request, ticket, status);
        }
    }

    private async Task<AuditTicket?> BeginAsync(ApiRequest request, RouteEndpoint endpoint)
    {
        try
        {
            if (await log.BeginAsync(Entry(request, endpoint)) is { } ticket)
            {
                return ticket;
            }

            LogFull(request.Id);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotBegun(exception, request.Id);
        }

        await request.RefuseAsync(AdminErrors.NotAudited);
        return null;
    }

    private async Task EndAsync(ApiRequest request, AuditTicket ticket, int status)
    {
        try
        {
            await ticket.EndAsync(status);
        }
#pragma warning disable CA1031 // The request is over, and stands in the log as begun.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotEnded(exception, request.Id);
        }
    }

    private AuditEntry Entry(ApiRequest request, RouteEndpoint endpoint)
    {
        var context = request.Context;
        return new()
        {
            At = time.GetUtcNow(),
            Who = authenticator.Identity,
            Method = context.Request.Method,
            Route = "/" + endpoint.RoutePattern.RawText?.TrimStart('/'),
            Target = Shorten(context.Request.Path.Value ?? "/", LongestTarget),
            Address = context.Connection.RemoteIpAddress is null ? null : ClientAddress.Of(context).ToString(),
            ForwardedFor = request.ForwardedFor is { Length: > 0 } claim ? Shorten(claim, LongestForwarded) : null,
            RequestId = request.Id,
        };
    }

    private static string Shorten(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…");

    [LoggerMessage(
        EventId = 1402,
        Level = LogLevel.Error,
        Message = "Request {RequestId} could not be put into the audit log and was refused"
    )]
    private partial void LogNotBegun(Exception exception, string requestId);

    [LoggerMessage(EventId = 1403, Level = LogLevel.Error, Message = "Request {RequestId} was refused because today's audit log is full")]
    private partial void LogFull(string requestId);

    [LoggerMessage(
        EventId = 1404,
        Level = LogLevel.Warning,
        Message = "The end of request {RequestId} could not be put into the audit log"
    )]
    private partial void LogNotEnded(Exception exception, string requestId);
}
