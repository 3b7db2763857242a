using System.Collections.Immutable;
using System.Security.Cryptography;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.Grains.Interfaces.Feed;

namespace FlowGpt.ApiFrontend.Feed;

/// <summary>
/// Counts this frontend's requests and reports them to the cluster's feed once a second, so that the cost for the cluster does not grow with traffic. What
/// cannot be sent now is sent with the next report. Thread-safe.
/// </summary>
internal sealed partial class FrontendFeed(IGrainFactory grains, TimeProvider time, ILogger<FrontendFeed> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromSeconds(10);

    private readonly string _frontend = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private readonly Lock _lock = new();
    private readonly Queue<RequestRecord> _requests = new(FrontendReport.MostRequests);
    private readonly Dictionary<string, long> _errors = new(StringComparer.Ordinal);
    private FeedCounts _counts;
    private int _active;

    /// <summary>A client's request begins.</summary>
    public void Begin(ApiRequest request)
    {
        request.IsInFeed = true;
        Interlocked.Increment(ref _active);
    }

    /// <summary>A request has ended.</summary>
    public void End(ApiRequest request, TimeSpan duration)
    {
        if (request.IsInFeed)
        {
            Interlocked.Decrement(ref _active);
        }

        if (request.Operation is null || request.IsAdmin)
        {
            return;
        }

        var record = RecordOf(request, duration);
        lock (_lock)
        {
            Count(record);
        }
    }

    /// <summary>What has not been reported yet.</summary>
    internal FrontendReport Take()
    {
        lock (_lock)
        {
            var report = new FrontendReport(
                _frontend,
                Volatile.Read(ref _active),
                _counts,
                _errors.ToImmutableDictionary(StringComparer.Ordinal),
                [.. _requests]
            );
            _counts = default;
            _errors.Clear();
            _requests.Clear();
            return report;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (told, active) = (time.GetTimestamp(), 0);
        while (true)
        {
            await Task.Delay(Period, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            var report = Take();
            if (report.Counts.Requests == 0 && report.Active == active && time.GetElapsedTime(told) < QuietPeriod)
            {
                continue;
            }

            try
            {
                await grains.GetGrain<IFeedGrain>(IFeedGrain.Key).Report(report);
                (told, active) = (time.GetTimestamp(), report.Active);
            }
#pragma warning disable CA1031 // Any exception of the cluster: the feed is only shown, and tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogNotTold(exception);
                PutBack(report);
            }
        }
    }

    private void PutBack(FrontendReport report)
    {
        lock (_lock)
        {
            var newer = _requests.ToArray();
            _requests.Clear();
            foreach (var request in report.Requests.Concat(newer))
            {
                Keep(request);
            }

            _counts += report.Counts;
            foreach (var (code, times) in report.Errors)
            {
                CountError(code, times);
            }
        }
    }

    private void Count(RequestRecord record)
    {
        _counts += new FeedCounts(
            1,
            record.Outcome == "failed" ? 1 : 0,
            record.Outcome == "refused" ? 1 : 0,
            record.InputTokens,
            record.OutputTokens
        );
        if (record.Error is { } code)
        {
            CountError(code, 1);
        }

        Keep(record);
    }

    private void CountError(string code, long times)
    {
        if (_errors.TryGetValue(code, out var counted) || _errors.Count < FrontendReport.MostErrors)
        {
            _errors[code] = counted + times;
        }
    }

    private void Keep(RequestRecord record)
    {
        if (_requests.Count == FrontendReport.MostRequests)
        {
            _requests.Dequeue();
        }

        _requests.Enqueue(record);
    }

    private RequestRecord RecordOf(ApiRequest request, TimeSpan duration) =>
        new()
        {
            Id = request.Id,
            At = time.GetUtcNow(),
            Operation = request.Operation!,
            KeyId = request.KeyId,
            Model = request.Model,
            Account = request.Serving?.Account,
            ResponseId = request.ResponseId,
            Streamed = request.Streamed,
            Status = request.Context.Response.StatusCode,
            Outcome = request.Outcome,
            Error = request.ErrorCode,
            InputTokens = request.Usage.PromptTokens,
            OutputTokens = request.Usage.CompletionTokens,
            CachedInputTokens = request.Usage.CachedTokens,
            Attempts = request.Serving?.Attempts ?? 0,
            EarlierAccounts = request.Serving?.EarlierCalls,
            QueuedFor = request.Serving?.QueuedFor ?? TimeSpan.Zero,
            TimeToFirstToken = request.TimeToFirstToken,
            Duration = duration,
        };

    [LoggerMessage(
        EventId = 1411,
        Level = LogLevel.Debug,
        Message = "The feed of requests could not be told; the next report has this one's counts too"
    )]
    private partial void LogNotTold(Exception exception);
}
