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
}
