using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Keys;

internal sealed partial class ApiKeyUseGrain
{
    [LoggerMessage(
        EventId = 2311,
        Level = LogLevel.Warning,
        Message = "Another activation of key {KeyId} has written its use; this one stops"
    )]
    private partial void LogConflict(Exception exception, string keyId);

    [LoggerMessage(
        EventId = 2312,
        Level = LogLevel.Error,
        Message = "The use of key {KeyId} could not be written; what is not noted is not let in"
    )]
    private partial void LogWriteFailed(Exception exception, string keyId);

    [LoggerMessage(
        EventId = 2313,
        Level = LogLevel.Warning,
        Message = "Silo {Silo} did not say what it runs for key {KeyId}; asking again"
    )]
    private partial void LogReportFailed(Exception exception, SiloAddress silo, string keyId);

    [LoggerMessage(
        EventId = 2314,
        Level = LogLevel.Warning,
        Message = "Requests of key {KeyId} died with silo {Silo}; all they had reserved counts as used"
    )]
    private partial void LogHolderDied(string keyId, string silo);
}
