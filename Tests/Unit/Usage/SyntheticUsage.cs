using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Tests.Unit.Usage;

/// <summary>Usage events of every kind, made from a number: the same one for the same number.</summary>
internal static class SyntheticUsage
{
    public static UsageEvent Event(int seed, string clientKeyId, DateTimeOffset at)
    {
        var random = new Random(seed);
        var account = random.Next(8) == 0 ? null : $"a{random.Next(3)}";
        var error = random.Next(4) == 0 ? (TurnErrorKind?)random.Next(11) : null;
        var hasText = account is not null && random.Next(5) > 0;
        return new UsageEvent(
            $"chatcmpl-{seed:x32}",
            clientKeyId,
            $"m{random.Next(2)}",
            account,
            at,
            new TokenUsage(random.Next(5000), random.Next(500), random.Next(100)),
            error,
            random.Next(9) == 0,
            hasText ? TimeSpan.FromMilliseconds(random.Next(1, 4000)) : null,
            TimeSpan.FromMilliseconds(random.Next(1, 700_000)),
            IsFromOutbox: random.Next(3) == 0,
            Cancelled: error is null && random.Next(6) == 0,
            Calls: account is null ? null
                : random.Next(4) == 0 ? ["a9", account]
                : [account]
        );
    }
}
