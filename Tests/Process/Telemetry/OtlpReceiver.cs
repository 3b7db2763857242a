using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Process.Telemetry;

/// <summary>A collector on loopback that receives OTLP over HTTP and keeps everything.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ExportedSpan> _spans = new();
    private volatile TaskCompletionSource _received = NewSignal();

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>The environment variables that make a process send to this collector soon after each span's end.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.First(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        };

    /// <summary>Every span received so far.</summary>
    public IEnumerable<ExportedSpan> Spans => _spans;

    /// <summary>Every body received so far, traces and metrics.</summary>
    public ConcurrentQueue<byte[]> Bodies { get; } = new();

    /// <summary>How many bodies held metrics.</summary>
    public int MetricBodies { get; private set; }

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", request => receiver.TakeAsync(request, isTrace: true));
        receiver._app.MapPost("/v1/metrics", request => receiver.TakeAsync(request, isTrace: false));
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>The spans of a trace, once they satisfy the condition.</summary>
    public Task<ExportedSpan[]> TraceAsync(string traceId, Func<ExportedSpan[], bool> isWhole) =>
        UntilAsync(
            () => _spans.Where(span => span.TraceId == traceId).ToArray() is { } spans && isWhole(spans) ? spans : null,
            $"the spans of trace {traceId} are exported"
        );

    /// <summary>Waits until something that holds this text was exported.</summary>
    public Task ExportedAsync(string text) =>
        UntilAsync(
            () => Bodies.FirstOrDefault(body => Encoding.UTF8.GetString(body).Contains(text, StringComparison.Ordinal)),
            $"{text} is exported"
        );

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context, bool isTrace)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Bodies.Enqueue(body.ToArray());
        if (isTrace)
        {
            foreach (var span in SpanReader.Read(body.ToArray()))
            {
                _spans.Enqueue(span);
            }
        }
        else
        {
            MetricBodies++;
        }

        Interlocked.Exchange(ref _received, NewSignal()).SetResult();
    }

    // Armed before each check, so that data that arrive during the check are not missed.
    private async Task<T> UntilAsync<T>(Func<T?> look, string what)
        where T : class
    {
        while (true)
        {
            var received = _received.Task;
            if (look() is { } found)
            {
                return found;
            }

            await Soon.Happens(received, what);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
