namespace FlowGpt.ApiFrontend.Turns;

internal sealed partial class TurnFollower
{
    [LoggerMessage(
        EventId = 1201,
        Level = LogLevel.Debug,
        Message = "{Call} of response {ResponseId} failed in passing (attempt {Attempt})"
    )]
    private partial void LogRetry(Exception exception, string call, string responseId, int attempt);

    [LoggerMessage(
        EventId = 1202,
        Level = LogLevel.Warning,
        Message = "Response {ResponseId} was lost before the client saw any of it; starting the turn again ({Restart})"
    )]
    private partial void LogRestart(string responseId, int restart);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Debug, Message = "Response {ResponseId} could not be cancelled")]
    private partial void LogCancelFailed(Exception exception, string responseId);

    [LoggerMessage(
        EventId = 1204,
        Level = LogLevel.Debug,
        Message = "A silo was lost while {Call} of response {ResponseId} had no answer; asking again"
    )]
    private partial void LogAskAgain(string call, string responseId);
}
