using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>A turn that died with its silo while a lease was held for it: what is booked for the turn, as an estimate.</summary>
internal static class LostTurn
{
    /// <summary>The prompt, and of the reply what the holder last reported.</summary>
    /// <param name="lease">The lease that was not settled.</param>
    /// <param name="turn">Its turn.</param>
    /// <param name="isBegunAgain">Whether another turn runs under the same id, which gets that id in the books.</param>
    /// <param name="now">The present.</param>
    public static UsageEvent Event(LeaseEntry lease, LeasedTurn turn, bool isBegunAgain, DateTimeOffset now) =>
        new(
            isBegunAgain ? $"{turn.ResponseId}-{lease.Id}" : turn.ResponseId,
            turn.ClientKeyId,
            turn.Route,
            lease.Account.Name,
            turn.AcceptedAt,
            new TokenUsage(Tokens(turn.PromptTokens), Tokens(lease.Used - turn.PromptTokens), 0),
            TurnErrorKind.Interrupted,
            Estimated: true,
            TimeToFirstToken: null,
            now > turn.AcceptedAt ? now - turn.AcceptedAt : TimeSpan.Zero,
            Calls: [.. turn.EarlierCalls ?? [], lease.Account.Name]
        );

    private static int Tokens(long tokens) => (int)Math.Clamp(tokens, 0, int.MaxValue);
}
