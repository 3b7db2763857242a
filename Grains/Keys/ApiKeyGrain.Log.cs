using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Keys;

internal sealed partial class ApiKeyGrain
{
    [LoggerMessage(
        EventId = 2301,
        Level = LogLevel.Error,
        Message = "The record of key {KeyId} could not be written; the change is not made"
    )]
    private partial void LogWriteFailed(Exception exception, string keyId);

    [LoggerMessage(
        EventId = 2308,
        Level = LogLevel.Error,
        Message = "Rights of key {KeyId} are taken away, but that could not be written yet; trying again"
    )]
    private partial void LogNotStored(Exception exception, string keyId);

    [LoggerMessage(EventId = 2309, Level = LogLevel.Information, Message = "What was taken away from key {KeyId} is written")]
    private partial void LogStored(string keyId);
}
