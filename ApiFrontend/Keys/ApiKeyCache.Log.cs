namespace FlowGpt.ApiFrontend.Keys;

internal sealed partial class ApiKeyCache
{
    [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "Key {KeyId} could not be read; it is refused until it can be")]
    private partial void LogUnreachable(Exception exception, string keyId);

    [LoggerMessage(
        EventId = 1302,
        Level = LogLevel.Warning,
        Message = "Key {KeyId} could not be read within {Limit}; its request is refused"
    )]
    private partial void LogTooSlow(string keyId, TimeSpan limit);
}
