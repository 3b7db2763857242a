using System.Diagnostics;
using System.Diagnostics.Metrics;
using FlowGpt.ApiFrontend.Requests;

namespace FlowGpt.ApiFrontend.Telemetry;

/// <summary>
/// Metrics of the HTTP surface, named by OpenTelemetry's GenAI semantic conventions. Tags have few values: catalog models,
/// error codes, never a key, an account or a response.
/// </summary>
internal sealed class FrontendInstruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "FlowGpt.Frontend";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    };

    private static readonly InstrumentAdvice<long> Tokens = new()
    {
        HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576],
    };

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _keyRefusals;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _timeToFirstToken;
    private readonly Histogram<long> _tokens;

    public FrontendInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _requests = _meter.CreateCounter<long>("flowgpt.requests", "{request}", "Requests that ended, by operation, outcome and error.");
        _keyRefusals = _meter.CreateCounter<long>("flowgpt.keys.refused", "{request}", "Requests whose key was not accepted, by reason.");
        _duration = _meter.CreateHistogram(
            "gen_ai.server.request.duration",
            "s",
            "Time from request to the end of its response.",
            null,
            Seconds
        );
        _timeToFirstToken = _meter.CreateHistogram(
            "gen_ai.server.time_to_first_token",
            "s",
            "Time from request to the first text.",
            null,
            Seconds
        );
        _tokens = _meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens of a request, by type.", null, Tokens);
    }

    public void Dispose() => _meter.Dispose();

    public void Record(ApiRequest request, TimeSpan duration)
    {
        var tags = new TagList { { "operation", request.Operation }, { "outcome", request.Outcome } };
        if (request.ErrorCode is { } error)
        {
            tags.Add("error.type", error);
        }

        _requests.Add(1, tags);
        if (request.KeyRefusal is { } refusal)
        {
            _keyRefusals.Add(1, new KeyValuePair<string, object?>("reason", refusal));
        }

        if (request.Model is not null)
        {
            RecordWork(request, duration);
        }
    }

    private void RecordWork(ApiRequest request, TimeSpan duration)
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", request.Operation },
            { "gen_ai.provider.name", request.Provider },
            { "gen_ai.request.model", request.Model },
        };
        if (request.TimeToFirstToken is { } first)
        {
            _timeToFirstToken.Record(first.TotalSeconds, tags);
        }

        if (request.Usage.TotalTokens > 0)
        {
            RecordTokens(tags, "input", request.Usage.PromptTokens);
            RecordTokens(tags, "output", request.Usage.CompletionTokens);
        }

        if (request.ErrorCode is { } error)
        {
            tags.Add("error.type", error);
        }

        _duration.Record(duration.TotalSeconds, tags);
    }

    private void RecordTokens(TagList tags, string type, int count)
    {
        tags.Add("gen_ai.token.type", type);
        _tokens.Record(count, tags);
    }
}
