using System.Net.WebSockets;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses.Sockets;

/// <summary>
/// Responses over a WebSocket: every message asks for one response, whose events come back as messages. Messages are answered in order, one at a time. Browsers can open
/// one only from the gateway's own pages and from origins that the operator named.
/// </summary>
internal sealed class ResponsesSocket(
    SocketRequest requests,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    IOptions<FrontendOptions> options
)
{
    /// <summary>How long a connection stands; a response that runs then still ends.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(60);

    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(5);

    private static readonly ApiError ForeignOrigin = new(
        StatusCodes.Status403Forbidden,
        ErrorTypes.InvalidRequest,
        "origin_not_allowed",
        "Origin",
        "Pages of this origin may not open WebSockets here. Name the origin in FlowGpt:Frontend:CorsOrigins."
    );

    public async Task HandleAsync(HttpContext context, IDialect dialect)
    {
        var request = ApiRequest.Of(context);
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await request.RefuseAsync(GatewayErrors.MethodNotAllowed(context.Request.Method, context.Request.Path.Value ?? "/"));
            return;
        }

        if (!IsAllowed(context.Request))
        {
            await request.RefuseAsync(ForeignOrigin);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        // Each message is a request with its own log line.
        request.Operation = null;
        await ServeAsync(context, dialect, socket);
    }

    /// <summary>Whether the client may open a connection: it is no page, a page of the gateway itself, or a page of an origin that the operator named. <c>*</c> names none.</summary>
    private bool IsAllowed(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            || options.Value.Origins().Where(static named => named != "*").Contains(origin, StringComparer.OrdinalIgnoreCase);
    }

    private async Task ServeAsync(HttpContext context, IDialect dialect, WebSocket socket)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var reader = new SocketReader(socket, options.Value.MaxRequestBodyBytes);
        var reading = reader.RunAsync(gone.Token);
        _ = reading.ContinueWith(
            static (_, state) => ((CancellationTokenSource)state!).Cancel(),
            gone,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        using var old = new CancellationTokenSource(Longest, time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(gone.Token, old.Token, lifetime.ApplicationStopping);
        var responses = new ConnectionResponses();
        try
        {
            while (await reader.Messages.WaitToReadAsync(waiting.Token))
            {
                if (!reader.Messages.TryRead(out var message))
                {
                    continue;
                }

                if (message is not { } text)
                {
                    await SocketRequest.SendAsync(
                        socket,
                        SocketEvents.Error(GatewayErrors.BodyTooLarge(options.Value.MaxRequestBodyBytes)),
                        gone.Token
                    );
                    await CloseAsync(socket, WebSocketCloseStatus.MessageTooBig);
                    await reading.WaitAsync(CloseWithin, time, gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    return;
                }

                await AnswerAsync(context, dialect, socket, text, responses, gone.Token);
            }
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            if (old.IsCancellationRequested)
            {
                await SocketRequest.SendAsync(socket, SocketEvents.Error(SocketEvents.TooOld), gone.Token);
            }

            await CloseAsync(socket, WebSocketCloseStatus.EndpointUnavailable);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // The client is gone.
        }
        finally
        {
            if (socket.State == WebSocketState.CloseReceived)
            {
                await CloseAsync(socket, WebSocketCloseStatus.NormalClosure);
            }

            await gone.CancelAsync();
            await reading;
        }
    }

    private async Task AnswerAsync(
        HttpContext context,
        IDialect dialect,
        WebSocket socket,
        ReadOnlyMemory<byte> text,
        ConnectionResponses responses,
        CancellationToken gone
    )
    {
        if (SocketMessage.Read(text, out var message) is { } bad)
        {
            await SocketRequest.SendAsync(socket, SocketEvents.Error(bad), gone);
            return;
        }

        await requests.ServeAsync(context, dialect, socket, message!, responses, gone);
    }

    private async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using var enough = new CancellationTokenSource(CloseWithin, time);
            await socket.CloseOutputAsync(status, null, enough.Token);
        }
    }
}
