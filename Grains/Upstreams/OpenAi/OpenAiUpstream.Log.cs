using FlowGpt.Grains.Interfaces.Upstreams;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Upstreams.OpenAi;

internal sealed partial class OpenAiUpstream
{
    [LoggerMessage(
        EventId = 4010,
        Level = LogLevel.Debug,
        Message = "Pool {Pool}: an upstream call failed: {Reason}, status {StatusCode}, field {Field}"
    )]
    private partial void LogFailed(string pool, FailureReason reason, int? statusCode, string? field);
}
