using FlowGpt.Grains.Accounts;

namespace FlowGpt.Grains.Pools;

/// <summary>
/// One request, and tokens for it, noted ahead for every account of a pool. So a write of a few bytes lets each account that was idle serve its next
/// request; after a crash each counts that request as used, unless a later record of its own says more.
/// </summary>
/// <param name="Sequence">The number of the write that noted it; an account's record of that write or of a later write counts it already.</param>
/// <param name="Tokens">Tokens of the request, at an account that limits them.</param>
/// <param name="At">When it was noted.</param>
/// <param name="Until">No request is issued on the strength of it after that.</param>
[GenerateSerializer, Alias("flowgpt.PoolSharedReserve")]
public sealed record SharedReserve(
    [property: Id(0)] long Sequence,
    [property: Id(1)] long Tokens,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] DateTimeOffset Until
)
{
    /// <summary>An account's record with what this adds.</summary>
    internal AccountRecord Apply(AccountRecord record)
    {
        if (record.Sequence >= Sequence && record.Sequence > 0)
        {
            return record;
        }

        var live = record.ReservedUntil > At;
        return record with
        {
            ReservedRequests = Math.Max(live ? record.ReservedRequests : 0, 1),
            ReservedTokens = Math.Max(live ? record.ReservedTokens : 0, Tokens),
            ReservedUntil = Until > record.ReservedUntil ? Until : record.ReservedUntil,
        };
    }

    /// <summary>The same, later by <paramref name="delta"/>.</summary>
    internal SharedReserve Shifted(TimeSpan delta) => this with { At = At + delta, Until = Until + delta };
}
