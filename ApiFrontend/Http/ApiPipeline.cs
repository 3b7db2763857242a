using System.Globalization;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Health;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Telemetry;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>
/// The outermost middleware: gives every request its id and every response its headers, turns whatever no handler
/// answered into an OpenAI error object, and reports the request when it has ended.
/// </summary>
internal sealed partial class ApiPipeline
{
    private readonly RequestDelegate _next;
    private readonly TimeProvider _time;
    private readonly RequestReporter _reporter;
    private readonly ILogger<ApiPipeline> _logger;
    private readonly int _maxBody;
    private readonly HostReadiness _readiness;

    public ApiPipeline(
        RequestDelegate next,
        TimeProvider time,
        RequestReporter reporter,
        IOptions<FrontendOptions> options,
        HostReadiness readiness,
        ILogger<ApiPipeline> logger
    )
    {
        _next = next;
        _time = time;
        _reporter = reporter;
        _logger = logger;
        _readiness = readiness;
        _maxBody = options.Value.MaxRequestBodyBytes;
    }

    public async Task InvokeAsync(HttpContext context)
    {
        var request = Begin(context);
        try
        {
            await _next(context);
            await AnswerIfNobodyDidAsync(context, request);
        }
        catch (ReplyCutException)
        {
            throw;
        }
        catch (BadHttpRequestException exception)
        {
            var tooLarge = exception.StatusCode == StatusCodes.Status413PayloadTooLarge;
            await FailAsync(
                context,
                request,
                tooLarge ? GatewayErrors.BodyTooLarge(_maxBody) : GatewayErrors.BadRequest(exception.StatusCode)
            );
        }
        catch (UndecodableBodyException exception)
        {
            await FailAsync(context, request, RequestErrors.UndecodableBody(exception.Coding));
        }
        catch (IOException exception) when (exception.InnerException is OverflowException)
        {
            // The server's own reader of chunks: a size that no body can have.
            await FailAsync(context, request, GatewayErrors.BadRequest(StatusCodes.Status400BadRequest));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            request.Outcome = "disconnected";
        }
        catch (Exception exception)
        {
            LogUnhandled(exception, request.Id);
            await FailAsync(context, request, GatewayErrors.Internal);
        }
        finally
        {
            _reporter.Report(request);
        }
    }

    private ApiRequest Begin(HttpContext context)
    {
        var request = new ApiRequest(context, RequestIds.OfRequest(context.Request, _time), _time);
        context.TraceIdentifier = request.Id;
        context.Features.Set(request);
        RequestPath.Normalize(context.Request);
        if (_readiness.NotReadyBecause is not null && context.Request.Protocol is "HTTP/1.1")
        {
            // The process stops: clients that keep connections open are made to open new connections, to another process.
            context.Response.Headers.Connection = "close";
        }

        context.Response.OnStarting(static state => SetHeaders((ApiRequest)state), request);
        return request;
    }

    private static Task SetHeaders(ApiRequest request)
    {
        var headers = request.Context.Response.Headers;
        headers["x-request-id"] = request.Id;
        headers.XContentTypeOptions = "nosniff";
        if (request.SendsRequestId)
        {
            headers["request-id"] = request.Id;
        }

        headers["openai-version"] = "2020-10-01";
        headers["openai-processing-ms"] = ((long)request.Elapsed.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    /// <summary>Routing leaves 404 and 405 without a body; its <c>Allow</c> header stays.</summary>
    private static Task AnswerIfNobodyDidAsync(HttpContext context, ApiRequest request)
    {
        var response = context.Response;
        if (response.HasStarted || response.ContentLength is not null || response.ContentType is not null)
        {
            return Task.CompletedTask;
        }

        var (method, path) = (context.Request.Method, context.Request.Path.Value ?? "/");
        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed when MistypedAddress.IsIn(context.Request.Path) =>
                AnswerMistypedAsync(request, method, path),
            StatusCodes.Status404NotFound => request.RefuseAsync(GatewayErrors.UnknownRoute(method, path)),
            StatusCodes.Status405MethodNotAllowed => request.RefuseAsync(GatewayErrors.MethodNotAllowed(method, path)),
            StatusCodes.Status415UnsupportedMediaType => request.RefuseAsync(
                GatewayErrors.UnsupportedContentType(context.Request.ContentType ?? "")
            ),
            _ => Task.CompletedTask,
        };
    }

    private static Task AnswerMistypedAsync(ApiRequest request, string method, string path)
    {
        var asked = request.Context.Request;
        request.SendsRequestId = MistypedAddress.IsOfAnthropic(asked);
        request.ErrorBody = request.SendsRequestId ? request.AnthropicErrorBody : ErrorWriter.WriteObject;
        return request.RefuseAsync(GatewayErrors.MistypedAddress(method, path, MistypedAddress.Right(asked)));
    }

    private static async Task FailAsync(HttpContext context, ApiRequest request, ApiError error)
    {
        if (context.Response.HasStarted)
        {
            request.Fail(error);
            throw new ReplyCutException($"Request {request.Id} failed after its response had begun; the connection is closed.");
        }

        context.Response.Clear();
        await request.RefuseAsync(error);
    }
}
