using FlowGpt.Grains.Interfaces.Upstreams;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Upstreams.Anthropic;

internal sealed partial class AnthropicUpstream
{
    [LoggerMessage(
        EventId = 4011,
        Level = LogLevel.Debug,
        Message = "Pool {Pool}: an upstream call failed: {Reason}, status {StatusCode}, field {Field}"
    )]
    private partial void LogFailed(string pool, FailureReason reason, int? statusCode, string? field);
}
