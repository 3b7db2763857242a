using System.Net.WebSockets;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses.Sockets;

/// <summary>
/// Serves one message of a WebSocket as the request that it stands for: with an id, a check of the client's key, a log line and its own metrics, and everything else that
/// a request sent with POST gets.
/// </summary>
internal sealed partial class SocketRequest(
    DialectEndpoint turns,
    IClientAuthenticator authenticator,
    RequestReporter reporter,
    TimeProvider time,
    ILogger<SocketRequest> logger
)
{
    /// <summary>Answers a message with events.</summary>
    /// <param name="opened">The request that opened the connection.</param>
    /// <param name="dialect">The dialect.</param>
    /// <param name="socket">Where the events go.</param>
    /// <param name="message">The message.</param>
    /// <param name="responses">What the connection remembers.</param>
    /// <param name="gone">Cancelled when the client has gone away.</param>
    public async Task ServeAsync(
        HttpContext opened,
        IDialect dialect,
        WebSocket socket,
        SocketMessage message,
        ConnectionResponses responses,
        CancellationToken gone
    )
    {
        await using var output = new SocketOutput(socket);
        var context = NewContext(opened, message, output, responses, gone);
        var request = new ApiRequest(context, RequestIds.OfRequest(context.Request, time), time) { Operation = "responses" };
        context.Features.Set(request);
        try
        {
            var known = await authenticator.AuthenticateAsync(PresentedKey.Read(opened.Request), gone);
            if (known.Identity is { } identity)
            {
                request.KeyId = identity.KeyId;
                context.Features.Set(identity);
                await turns.HandleAsync(context, dialect);
            }
            else
            {
                await request.RefuseAsync(known.Error!);
            }

            await context.Response.BodyWriter.FlushAsync(gone);
            if (!output.HasEvents && !output.Rest.IsEmpty)
            {
                await SendAsync(socket, SocketEvents.Error(context.Response.StatusCode, output.Rest), gone);
            }
        }
        catch (ReplyCutException)
        {
            // The stream has sent its failure as an event; here it need not break off.
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            request.Outcome = "disconnected";
        }
        catch (Exception exception) when (exception is not WebSocketException)
        {
            LogFailed(exception, request.Id);
            request.Fail(GatewayErrors.Internal);
            await SendAsync(socket, SocketEvents.Error(GatewayErrors.Internal), gone);
        }
        finally
        {
            Remember(responses, message, output.Completed);
            reporter.Report(request);
        }
    }

    /// <summary>Sends one event.</summary>
    public static ValueTask SendAsync(WebSocket socket, ReadOnlyMemory<byte> data, CancellationToken gone) =>
        socket.SendAsync(data, WebSocketMessageType.Text, endOfMessage: true, gone);

    private static void Remember(ConnectionResponses responses, SocketMessage message, CompletedResponse? completed)
    {
        if (completed is null)
        {
            responses.Forget();
        }
        else if (!message.IsKept || message.IsWarmUp)
        {
            responses.Keep(completed.Id, completed.Output);
        }
    }

    private static DefaultHttpContext NewContext(
        HttpContext opened,
        SocketMessage message,
        Stream output,
        ConnectionResponses responses,
        CancellationToken gone
    )
    {
        var context = new DefaultHttpContext { RequestServices = opened.RequestServices, RequestAborted = gone };
        var request = context.Request;
        (request.Method, request.Scheme, request.Host, request.Path) = (
            HttpMethods.Post,
            opened.Request.Scheme,
            opened.Request.Host,
            opened.Request.Path
        );
        (request.ContentType, request.ContentLength) = ("application/json", message.Body.Length);
        request.Body = new MemoryStream(message.Body.ToArray(), writable: false);
        context.Connection.RemoteIpAddress = opened.Connection.RemoteIpAddress;
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(output));
        responses.GeneratesNothing = message.IsWarmUp;
        context.Features.Set(responses);
        return context;
    }

    [LoggerMessage(EventId = 1207, Level = LogLevel.Error, Message = "Request {RequestId} of a WebSocket failed unexpectedly")]
    private partial void LogFailed(Exception exception, string requestId);
}
