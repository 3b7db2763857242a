using FlowGpt.Grains.Interfaces.Upstreams;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

public sealed partial class FlowGptUpstream
{
    [LoggerMessage(
        EventId = 4001,
        Level = LogLevel.Debug,
        Message = "Upstream call failed before its reply: {Reason}, status {StatusCode}"
    )]
    private partial void LogFailed(FailureReason reason, int? statusCode);

    [LoggerMessage(
        EventId = 4002,
        Level = LogLevel.Warning,
        Message = "The upstream answered status {StatusCode} with a web page that asks for a browser; such challenges are not solved"
    )]
    private partial void LogChallenge(int? statusCode);
}
