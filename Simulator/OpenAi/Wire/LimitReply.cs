using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>What a request is told about the limits of its account.</summary>
internal static class LimitReply
{
    /// <summary>Adds the rate limit headers, if behaviour asks for them.</summary>
    public static void AddHeaders(HttpContext context, Account account, ReplyBehaviour behaviour, DateTimeOffset now)
    {
        if (behaviour.OpenAi.RateHeaders == true)
        {
            RateHeaders.Add(context, account, now);
        }
    }

    /// <summary>Refuses a request that exceeds a limit.</summary>
    public static Task WriteAsync(
        HttpContext context,
        Account account,
        ReplyBehaviour behaviour,
        int promptTokens,
        int? retryAfterSeconds,
        DateTimeOffset now
    )
    {
        var tokens = account.Rates(now).Tokens;
        var error =
            promptTokens > tokens?.Limit
                ? Error($"Request too large on tokens per minute: limit {tokens?.Limit}, requested {promptTokens}.", "tokens")
            : promptTokens > tokens?.Remaining ? Error($"Rate limit reached on tokens per minute: limit {tokens?.Limit}.", "tokens")
            : Error("Rate limit reached on requests.", "requests");
        return ApiResponse.WriteErrorAsync(context, error, behaviour, retryAfterSeconds);
    }

    private static ApiError Error(string message, string type) => new(429, message, type, "rate_limit_exceeded");
}
