using FlowGpt.Admin.Contracts.Accounts;

namespace FlowGpt.Dashboard.Accounts;

/// <summary>The colours and texts of states of accounts.</summary>
internal static class AccountTone
{
    /// <summary>The colour of a state.</summary>
    public static string Of(string state) =>
        state switch
        {
            AccountStates.Ready => "good",
            AccountStates.CoolingDown or AccountStates.Draining => "warn",
            AccountStates.Disabled => "off",
            _ => "bad",
        };

    /// <summary>Why an account is not ready, in a short phrase; null when no reason is known.</summary>
    public static string? Why(Account account) =>
        account.CoolingDownFor
        ?? account.Marks.OrderByDescending(static mark => mark.IsOut).Select(static mark => Describe(mark)).FirstOrDefault()
        ?? (account.State is AccountStates.Ready or AccountStates.Disabled or AccountStates.Draining ? null : account.LastFailure);

    private static string Describe(Mark mark) => mark.StatusCode is { } status ? $"{mark.Reason} ({status})" : mark.Reason;
}
