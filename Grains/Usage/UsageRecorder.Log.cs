using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Usage;

internal sealed partial class UsageRecorder
{
    [LoggerMessage(
        EventId = 5101,
        Level = LogLevel.Debug,
        Message = "{Count} usage events of ledger {Ledger} not booked at attempt {Attempt}"
    )]
    private partial void LogAttemptFailed(Exception exception, int count, string ledger, int attempt);

    [LoggerMessage(
        EventId = 5102,
        Level = LogLevel.Error,
        Message = "Usage of {ResponseId} for key {ClientKeyId} lost after {Attempts} attempts"
    )]
    private partial void LogGivenUp(string responseId, string clientKeyId, int attempts);

    [LoggerMessage(
        EventId = 5103,
        Level = LogLevel.Error,
        Message = "Usage of {ResponseId} for key {ClientKeyId} lost: the queue is full or closed"
    )]
    private partial void LogNotTaken(string responseId, string clientKeyId);

    [LoggerMessage(EventId = 5104, Level = LogLevel.Error, Message = "Stopped with {Pending} usage events not booked")]
    private partial void LogStoppedEarly(int pending);
}
