using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Tokens;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>Finds the account a request's key belongs to, or why it belongs to none.</summary>
/// <param name="accounts">All accounts.</param>
/// <param name="global">Where requests without an account are counted.</param>
/// <param name="header">The header with the key.</param>
/// <param name="scheme">What stands before the key in it; empty for nothing.</param>
internal sealed class KeyGate(AccountRegistry accounts, GlobalCounters global, string header, string scheme)
{
    /// <summary>The header that deployment paths take the key from.</summary>
    public const string DeploymentHeader = "api-key";

    /// <param name="request">The request.</param>
    /// <param name="isDeployment">Whether its path names a deployment.</param>
    /// <param name="error">Why it may not go on; already counted.</param>
    /// <returns>The account, also when it is the account that is refused.</returns>
    public Account? Identify(HttpRequest request, bool isDeployment, out ApiError? error)
    {
        var (name, before) = isDeployment ? (DeploymentHeader, "") : (header, scheme.Length == 0 ? "" : scheme + " ");
        var values = request.Headers[name];
        if (values.Count == 0)
        {
            return Unknown(RejectReason.MissingToken, $"You didn't provide an API key in the {name} header.", null, out error);
        }

        var value = values[0]!;
        var key =
            values.Count == 1 && value.StartsWith(before, StringComparison.OrdinalIgnoreCase)
                ? ApiKey.Read(value[before.Length..].Trim())
                : null;
        if (key is not { } known)
        {
            return Unknown(RejectReason.MalformedToken, "Incorrect API key provided.", "invalid_api_key", out error);
        }

        if (accounts.ForKey(known.Account) is not { } account)
        {
            return Unknown(RejectReason.UnknownAccount, "Incorrect API key provided.", "invalid_api_key", out error);
        }

        error =
            account.IsRevoked(known.IssuedAt) ? Refuse(account, RejectReason.RevokedToken, "Incorrect API key provided.", "invalid_api_key")
            : account.Settings.Disabled
                ? Refuse(account, RejectReason.DisabledAccount, "This account has been deactivated.", "account_deactivated")
            : null;
        return account;
    }

    private static ApiError Refuse(Account account, RejectReason reason, string message, string code)
    {
        account.CountRejected(reason);
        return ApiError.Unauthorized(message, code);
    }

    private Account? Unknown(RejectReason reason, string message, string? code, out ApiError error)
    {
        global.CountRejected(reason);
        error = ApiError.Unauthorized(message, code);
        return null;
    }
}
