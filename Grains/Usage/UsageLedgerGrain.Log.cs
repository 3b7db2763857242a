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
}
