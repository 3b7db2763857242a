using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.Grains.Interfaces.Audit;

namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>
/// Notes what may change something before it is carried out and after. What cannot be noted is not done, unless it gives nothing new, which the
/// process's log then says: there is no unnoticed gap. Thread-safe.
/// </summary>
/// <remarks>A request whose end could not be noted stands in the log without a status: it was begun, and may have been done.</remarks>
internal sealed partial class AuditTrail(AuditLog log, TimeProvider time, ILogger<AuditTrail> logger)
{
    private const int LongestTarget = 256;
    private const int LongestForwarded = 128;

    /// <summary>Carries out what a request asks for, if it can be noted; else answers the request with a refusal. False when it was refused.</summary>
    /// <param name="request">The request.</param>
    /// <param name="who">Who asks.</param>
    /// <param name="carryOut">What is done; the answer's status is noted.</param>
    /// <param name="route">The route's pattern; null takes the endpoint's.</param>
    public async Task<bool> RunAsync(ApiRequest request, string who, Func<Task> carryOut, string? route = null)
    {
        var ticket = await BeginAsync(request, who, route);
        if (ticket is null)
        {
            if (request.Context.GetEndpoint()?.Metadata.GetMetadata<TakesAway>() is not { } mark)
            {
                await request.RefuseAsync(AdminErrors.NotAudited);
                return false;
            }

            if (!mark.Always)
            {
                TakesAway.Need(request.Context);
            }

            var entry = Entry(request, who, route);
            LogCarriedOut(request.Id, entry.Method, entry.Target, who);
        }

        var context = request.Context;
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await carryOut();
            status = context.Response.StatusCode;
        }
        finally
        {
            // The change may be done already when the client disconnects.
            status = context.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest : status;
            if (ticket is not null)
            {
                await EndAsync(request, ticket, status);
            }
        }

        return true;
    }

    private async Task<AuditTicket?> BeginAsync(ApiRequest request, string who, string? route)
    {
        try
        {
            if (await log.BeginAsync(Entry(request, who, route)) is { } ticket)
            {
                return ticket;
            }

            LogFull(request.Id);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotBegun(exception, request.Id);
        }

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

    private AuditEntry Entry(ApiRequest request, string who, string? route)
    {
        var context = request.Context;
        return new()
        {
            At = time.GetUtcNow(),
            Who = who,
            Method = context.Request.Method,
            Route = route ?? "/" + (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimStart('/'),
            Target = Shorten(context.Request.Path.Value ?? "/", LongestTarget),
            Address = context.Connection.RemoteIpAddress is null ? null : ClientAddress.Of(context).ToString(),
            ForwardedFor = request.ForwardedFor is { Length: > 0 } claim ? Shorten(claim, LongestForwarded) : null,
            RequestId = request.Id,
        };
    }

    private static string Shorten(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…");

    [LoggerMessage(EventId = 1402, Level = LogLevel.Error, Message = "Request {RequestId} could not be put into the audit log")]
    private partial void LogNotBegun(Exception exception, string requestId);

    [LoggerMessage(
        EventId = 1403,
        Level = LogLevel.Error,
        Message = "Request {RequestId} could not be put into the audit log because today's is full"
    )]
    private partial void LogFull(string requestId);

    [LoggerMessage(
        EventId = 1405,
        Level = LogLevel.Warning,
        Message = "Request {RequestId} ({Method} {Target} by {Who}) has no entry in the audit log and is carried out if it gives nothing new"
    )]
    private partial void LogCarriedOut(string requestId, string method, string target, string who);

    [LoggerMessage(
        EventId = 1404,
        Level = LogLevel.Warning,
        Message = "The end of request {RequestId} could not be put into the audit log"
    )]
    private partial void LogNotEnded(Exception exception, string requestId);
}
