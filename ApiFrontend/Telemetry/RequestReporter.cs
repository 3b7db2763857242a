using FlowGpt.ApiFrontend.Feed;
using FlowGpt.ApiFrontend.Requests;

namespace FlowGpt.ApiFrontend.Telemetry;

/// <summary>Reports each API request once it has ended: its span described, one log line, and metrics by the GenAI conventions.</summary>
internal sealed partial class RequestReporter
{
    private readonly FrontendInstruments _instruments;
    private readonly FrontendFeed _feed;
    private readonly ILogger<RequestReporter> _logger;

    public RequestReporter(FrontendInstruments instruments, FrontendFeed feed, ILogger<RequestReporter> logger)
    {
        _instruments = instruments;
        _feed = feed;
        _logger = logger;
    }

    public void Report(ApiRequest request)
    {
        RequestSpan.Describe(request);
        var duration = request.Elapsed;
        _feed.End(request, duration);
        if (request.Operation is null)
        {
            return;
        }

        _instruments.Record(request, duration);
        if (_logger.IsEnabled(LogLevel.Information))
        {
            Log(request, duration);
        }
    }

    private void Log(ApiRequest request, TimeSpan duration) =>
        LogRequest(
            request.Id,
            request.Operation!,
            request.Outcome,
            request.Context.Response.StatusCode,
            request.ErrorCode,
            request.KeyId,
            request.Model,
            request.ResponseId,
            request.Streamed,
            request.Serving?.Account,
            request.Serving?.Attempts ?? 0,
            request.Usage.PromptTokens,
            request.Usage.CompletionTokens,
            request.Usage.CachedTokens,
            (long)(request.Serving?.QueuedFor.TotalMilliseconds ?? 0),
            (long?)request.TimeToFirstToken?.TotalMilliseconds,
            (long)duration.TotalMilliseconds
        );
}
