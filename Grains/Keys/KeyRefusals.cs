using System.Globalization;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Keys;

/// <summary>What a client is told when its key's limits refuse it: which limit, how much of it is used, and when to come back.</summary>
internal static class KeyRefusals
{
    public static TurnError ToError(KeyReserveResult.Refused refused, string keyId) =>
        refused.Reason switch
        {
            KeyRefusal.RequestsPerMinute => Rate(TurnErrorKind.KeyRequestLimit, "requests per min (RPM)", refused, keyId),
            KeyRefusal.TokensPerMinute => Rate(TurnErrorKind.KeyTokenLimit, "tokens per min (TPM)", refused, keyId),
            KeyRefusal.Concurrency => Rate(TurnErrorKind.KeyRequestLimit, "requests at one time", refused, keyId),
            KeyRefusal.DayBudget => Quota("day", refused, keyId),
            KeyRefusal.MonthBudget => Quota("month", refused, keyId),
            KeyRefusal.BudgetHeld => new TurnError(
                TurnErrorKind.KeyTokenLimit,
                Say(
                    $"Rate limit reached for key {keyId}: its requests in flight hold what is left of its token budget of {refused.Limit}. "
                ) + "Please try again when one of them has ended.",
                RetryAfter: refused.RetryAfter
            ),
            KeyRefusal.QueueFull => new TurnError(
                TurnErrorKind.KeyTokenLimit,
                Say($"Rate limit reached for key {keyId}: other requests wait for tokens that its requests in flight hold. ")
                    + "Please try again when one of them has ended.",
                RetryAfter: refused.RetryAfter
            ),
            KeyRefusal.TooLarge => new TurnError(
                TurnErrorKind.KeyRequestTooLarge,
                Say(
                    $"Request too large for key {keyId} on its token limit: Limit {refused.Limit}, Requested {refused.Requested} at least. "
                ) + "Please shorten the messages.",
                "messages"
            ),
            _ => new TurnError(
                TurnErrorKind.Interrupted,
                "The key's limits could not be checked at the moment. Please send the request again."
            )
            {
                RetryAfter = refused.RetryAfter,
            },
        };

    private static TurnError Rate(TurnErrorKind kind, string what, KeyReserveResult.Refused refused, string keyId)
    {
        var wait = refused.RetryAfter is { } time ? Say($" Please try again in {Math.Ceiling(time.TotalSeconds * 10) / 10:0.#}s.") : "";
        return new TurnError(
            kind,
            Say($"Rate limit reached for key {keyId} on {what}: Limit {refused.Limit}, Used {refused.Used}, Requested {refused.Requested}.")
                + wait,
            RetryAfter: refused.RetryAfter
        );
    }

    private static TurnError Quota(string period, KeyReserveResult.Refused refused, string keyId) =>
        new(
            TurnErrorKind.KeyQuotaExceeded,
            Say($"You exceeded the current quota of key {keyId}: {refused.Limit} tokens a {period} (UTC), {refused.Used} used. ")
                + $"It is free again with the next {period}, or when the operator of this gateway raises it.",
            RetryAfter: refused.RetryAfter
        );

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
