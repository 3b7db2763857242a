using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Usage.RollUps;

internal sealed partial class UsageSummaryGrain
{
    [LoggerMessage(
        EventId = 5201,
        Level = LogLevel.Error,
        Message = "The usage roll-up of {Day} could not be written; the grain restarts and sums its ledgers again"
    )]
    private partial void LogWriteFailed(Exception exception, string day);

    [LoggerMessage(EventId = 5202, Level = LogLevel.Warning, Message = "Usage ledger {Ledger} did not answer its roll-up; asking again")]
    private partial void LogLedgerAway(Exception exception, string ledger);
}
