using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Usage;

internal sealed partial class UsageLedgerGrain
{
    [LoggerMessage(
        EventId = 5001,
        Level = LogLevel.Error,
        Message = "Usage ledger {Ledger} could not be written; its callers deliver again"
    )]
    private partial void LogCommitFailed(Exception exception, string ledger);

    [LoggerMessage(
        EventId = 5002,
        Level = LogLevel.Warning,
        Message = "The roll-up of usage ledger {Ledger} cannot be reached; trying again"
    )]
    private partial void LogRollUpAway(Exception exception, string ledger);
}
