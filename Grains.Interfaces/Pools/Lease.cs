using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>The right to make one upstream call as one account.</summary>
/// <param name="Id">Settling and renewing name this.</param>
/// <param name="Account">The account's name.</param>
/// <param name="Credential">What the call authenticates with.</param>
/// <param name="TimeToLive">The lease ends by itself this long after the grant or the last renewal.</param>
/// <param name="Headroom">What is left in the pool's request windows, for rate-limit headers; null when nothing is limited.</param>
/// <param name="IsProbe">The pool waits for this call (a probe of the upstream or of an account, or a second opinion): whether the upstream answers is reported at once.</param>
/// <param name="Tokens">Tokens reserved with it: the prompt and a first block of the reply.</param>
/// <param name="LimitsTokens">
/// Whether the account's tokens are limited. Then the reply must not become longer than what is reserved, and more is asked for with
/// <see cref="ITokenPoolGrain.TopUp"/>; else it may be as long as it likes.
/// </param>
[GenerateSerializer, Immutable, Alias("flowgpt.Lease")]
public sealed record Lease(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Account,
    [property: Id(2)] UpstreamCredential Credential,
    [property: Id(3)] TimeSpan TimeToLive,
    [property: Id(4)] PoolHeadroom? Headroom,
    [property: Id(5)] bool IsProbe = false,
    [property: Id(6)] long Tokens = 0,
    [property: Id(7)] bool LimitsTokens = false
)
{
    /// <summary>When it was granted, by the pool's clock.</summary>
    [Id(20)]
    public DateTimeOffset GrantedAt { get; init; }
}
