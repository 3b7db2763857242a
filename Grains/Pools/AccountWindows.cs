using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

/// <summary>Which of an account's limits each kind of window is.</summary>
internal static class AccountWindows
{
    public static long? LimitOf(this WindowKind kind, AccountLimits limits) =>
        kind switch
        {
            WindowKind.RequestsPerMinute => limits.RequestsPerMinute,
            WindowKind.RequestsPerHour => limits.RequestsPerHour,
            WindowKind.RequestsPerDay => limits.RequestsPerDay,
            WindowKind.TokensPerMinute => limits.TokensPerMinute,
            WindowKind.TokensPerDay => limits.TokensPerDay,
            _ => null,
        };
}
