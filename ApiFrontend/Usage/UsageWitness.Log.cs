namespace FlowGpt.ApiFrontend.Usage;

internal sealed partial class UsageWitness
{
    [LoggerMessage(
        EventId = 1331,
        Level = LogLevel.Information,
        Message = "A silo was lost: telling the ledgers of {Count} turns that ended about then, should they not be booked"
    )]
    private partial void LogTelling(int count);

    [LoggerMessage(
        EventId = 1332,
        Level = LogLevel.Debug,
        Message = "Ledger {Ledger} could not be told of {Count} turns at attempt {Attempt}"
    )]
    private partial void LogTellFailed(Exception exception, string ledger, int count, int attempt);

    [LoggerMessage(
        EventId = 1333,
        Level = LogLevel.Error,
        Message = "Ledger {Ledger} could not be told of {Count} turns; what the lost silo had not booked is lost"
    )]
    private partial void LogGivenUp(string ledger, int count);
}
