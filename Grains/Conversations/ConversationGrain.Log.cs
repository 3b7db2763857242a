using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Conversations;

internal sealed partial class ConversationGrain
{
    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "The state of response {ResponseId} could not be stored")]
    private partial void LogStoreFailed(Exception exception, string responseId);

    [LoggerMessage(
        EventId = 3003,
        Level = LogLevel.Warning,
        Message = "Usage of response {ResponseId} is not booked yet; it will be delivered again"
    )]
    private partial void LogUsageUndelivered(Exception exception, string responseId);

    [LoggerMessage(
        EventId = 3007,
        Level = LogLevel.Warning,
        Message = "The turn of response {ResponseId} could not be entered into the index of unfinished turns (attempt {Attempt})"
    )]
    private partial void LogNotIndexed(Exception exception, string responseId, int attempt);

    [LoggerMessage(
        EventId = 3011,
        Level = LogLevel.Warning,
        Message = "The pages of a conversation could not be rewritten; the next turn tries again"
    )]
    private partial void LogNotRenewed(Exception exception);

    [LoggerMessage(
        EventId = 3014,
        Level = LogLevel.Warning,
        Message = "It could not be asked whether there is room for response {ResponseId}; what it stores is counted with its next write"
    )]
    private partial void LogNotCounted(Exception exception, string responseId);
}
