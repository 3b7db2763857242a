using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Tokens;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Chat;

/// <summary>Finds the account a request belongs to, or why it belongs to none.</summary>
internal sealed class RequestGate(TokenReader tokens, AccountRegistry accounts, GlobalCounters global, TimeProvider clock)
{
    /// <param name="request">The request.</param>
    /// <param name="rejection">Why it may not go on; already counted.</param>
    /// <returns>The account, also when it is the account that is refused.</returns>
    public Account? Identify(HttpRequest request, out Rejection? rejection)
    {
        var header = request.Headers.Authorization;
        if (header.Count == 0)
        {
            return Unknown(RejectReason.MissingToken, "Authorization header is missing", out rejection);
        }

        if (header.Count > 1 || tokens.Read(header[0]!) is not { } claims)
        {
            return Unknown(RejectReason.MalformedToken, "Authorization header is not a valid bearer token", out rejection);
        }

        if (accounts.ForToken(claims.Id) is not { } account)
        {
            return Unknown(RejectReason.UnknownAccount, "No such account", out rejection);
        }

        rejection = Refusal(account, claims);
        if (rejection is not null)
        {
            account.CountRejected(rejection.Reason);
        }

        return account;
    }

    private Rejection? Refusal(Account account, TokenClaims claims)
    {
        if (clock.GetUtcNow().ToUnixTimeSeconds() >= claims.ExpiresAt)
        {
            return new Rejection(RejectReason.ExpiredToken, "Token expired");
        }

        if (account.IsRevoked(claims.IssuedAt))
        {
            return new Rejection(RejectReason.RevokedToken, "Token revoked");
        }

        return account.Settings.Disabled ? new Rejection(RejectReason.DisabledAccount, "Account disabled") : null;
    }

    private Account? Unknown(RejectReason reason, string message, out Rejection rejection)
    {
        global.CountRejected(reason);
        rejection = new Rejection(reason, message);
        return null;
    }
}
