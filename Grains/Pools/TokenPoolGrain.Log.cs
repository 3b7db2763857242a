using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPoolGrain
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Pool {Pool} has {Count} accounts (version {Version})")]
    private partial void LogAccounts(string pool, int count, long version);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "Pool {Pool} is ready; {Leases} calls were in flight")]
    private partial void LogRecovered(string pool, int leases);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "Silo {Silo} did not report its leases; asking again")]
    private partial void LogReportFailed(Exception exception, SiloAddress silo);

    [LoggerMessage(
        EventId = 2004,
        Level = LogLevel.Warning,
        Message = "Another activation of pool {Pool} has written its state; this one stops"
    )]
    private partial void LogConflict(Exception exception, string pool);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Warning, Message = "Pool {Pool} could not write its state; trying again")]
    private partial void LogWriteFailed(Exception exception, string pool);

    [LoggerMessage(EventId = 2006, Level = LogLevel.Warning, Message = "Pool {Pool}: account {Account} is rate limited until {Until}")]
    private partial void LogRateLimited(string pool, string account, DateTimeOffset? until);

    [LoggerMessage(
        EventId = 2007,
        Level = LogLevel.Warning,
        Message = "Pool {Pool}: the upstream failed for account {Account}, which rests until {Until}"
    )]
    private partial void LogUpstreamFailed(string pool, string account, DateTimeOffset? until);

    [LoggerMessage(
        EventId = 2008,
        Level = LogLevel.Error,
        Message = "Pool {Pool}: the upstream refuses account {Account}: its token, or its credit is used up. It is probed at {Until}; a new token ends this at once"
    )]
    private partial void LogRefused(string pool, string account, DateTimeOffset? until);

    [LoggerMessage(
        EventId = 2020,
        Level = LogLevel.Warning,
        Message = "Pool {Pool}: account {Account} refused what another account served; it is probed at {Until}"
    )]
    private partial void LogContradicted(string pool, string account, DateTimeOffset? until);

    [LoggerMessage(
        EventId = 2021,
        Level = LogLevel.Information,
        Message = "Pool {Pool}: account {Account} refused a request that another account had refused; the request is to blame"
    )]
    private partial void LogConvicted(string pool, string account);

    [LoggerMessage(EventId = 2022, Level = LogLevel.Information, Message = "Pool {Pool}: account {Account} serves again")]
    private partial void LogMarkEnded(string pool, string account);

    [LoggerMessage(EventId = 2009, Level = LogLevel.Warning, Message = "Pool {Pool}: a lease of account {Account} ended unsettled")]
    private partial void LogReclaimed(string pool, string account);

    [LoggerMessage(
        EventId = 2010,
        Level = LogLevel.Error,
        Message = "Pool {Pool}: the upstream fails for all accounts alike; next try at {Until}"
    )]
    private partial void LogBreakerOpened(string pool, DateTimeOffset? until);

    [LoggerMessage(EventId = 2011, Level = LogLevel.Information, Message = "Pool {Pool}: the upstream answers again")]
    private partial void LogBreakerClosed(string pool);

    [LoggerMessage(
        EventId = 2012,
        Level = LogLevel.Warning,
        Message = "Pool {Pool}: the token of account {Account} expires at {Expires}; replace it before then"
    )]
    private partial void LogExpiresSoon(string pool, string account, DateTimeOffset expires);

    [LoggerMessage(
        EventId = 2015,
        Level = LogLevel.Error,
        Message = "The record of pool {Pool} was lost from storage; writing it again from memory"
    )]
    private partial void LogRecordLost(string pool);

    [LoggerMessage(
        EventId = 2013,
        Level = LogLevel.Error,
        Message = "Pool {Pool}: the token of account {Account} expired at {Expires}; the account is out until it is replaced"
    )]
    private partial void LogExpired(string pool, string account, DateTimeOffset expires);

    [LoggerMessage(
        EventId = 2016,
        Level = LogLevel.Information,
        Message = "Account {Account} moved from pool {Other} to pool {Pool} in the configuration"
    )]
    private partial void LogArrived(string account, string other, string pool);

    [LoggerMessage(
        EventId = 2017,
        Level = LogLevel.Warning,
        Message = "Pool {Pool}: {Count} accounts wait for another pool that has them in force, runs calls for them, or does not answer"
    )]
    private partial void LogArrivalsWait(string pool, int count);

    [LoggerMessage(
        EventId = 2018,
        Level = LogLevel.Warning,
        Message = "Pool {Pool} could not ask another pool about its accounts; asking again"
    )]
    private partial void LogNotAsked(Exception exception, string pool);

    [LoggerMessage(
        EventId = 2024,
        Level = LogLevel.Error,
        Message = "Accounts of pool {Pool} were taken out of use, but that could not be written yet; trying again"
    )]
    private partial void LogNotKept(Exception exception, string pool);

    [LoggerMessage(EventId = 2025, Level = LogLevel.Information, Message = "That accounts of pool {Pool} were taken out of use is written")]
    private partial void LogKept(string pool);

    [LoggerMessage(EventId = 2014, Level = LogLevel.Error, Message = "Pool {Pool}: account {Account} is not in force: {Problem}")]
    private partial void LogOutOfForce(string pool, string account, string problem);
}
