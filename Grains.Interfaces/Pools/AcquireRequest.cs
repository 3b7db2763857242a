using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>A request for an account, for one upstream call.</summary>
/// <param name="RequestId">The response id it is for.</param>
/// <param name="ClientKeyId">The id of the client key: the queue is fair between client keys.</param>
/// <param name="Model">The route that the client asked for.</param>
/// <param name="AffinityAccount">An account that already holds this conversation upstream; used if it can serve now.</param>
/// <param name="ExcludedAccounts">Accounts that this request has already failed on.</param>
/// <param name="PromptTokens">Tokens of everything that is sent upstream.</param>
/// <param name="MaxReplyTokens">
/// The most tokens the reply may have; null when the request names no maximum. The prompt and a first block of the reply are reserved against token
/// limits; <see cref="ITokenPoolGrain.TopUp"/> reserves more while the reply grows.
/// </param>
/// <param name="MaxWait">How long the request can still wait in the queue; zero means never queue.</param>
/// <param name="HolderSilo">Address of the silo that will hold the lease, so that its death frees it.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AcquireRequest")]
public sealed record AcquireRequest(
    [property: Id(0)] string RequestId,
    [property: Id(1)] string ClientKeyId,
    [property: Id(2)] string Model,
    [property: Id(3)] string? AffinityAccount,
    [property: Id(4)] ImmutableArray<string> ExcludedAccounts,
    [property: Id(5)] long PromptTokens,
    [property: Id(6)] long? MaxReplyTokens,
    [property: Id(7)] TimeSpan MaxWait,
    [property: Id(8)] string HolderSilo
)
{
    /// <summary>When the turn was accepted: the hour in which its use is booked.</summary>
    [Id(9)]
    public DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The provider's name of the model: an account's marks are kept by model.</summary>
    [Id(20)]
    public string UpstreamModel { get; init; } = "";

    /// <summary>Identifies what is sent, so that a request that was refused is recognised. Zero stands for <see cref="RequestId"/>.</summary>
    [Id(21)]
    public Digest Fingerprint { get; init; }

    /// <summary>Refusals of this request that may be the account's fault or the request's, in order; the next account gives the second opinion.</summary>
    [Id(22)]
    public ImmutableArray<Refusal> Refusals { get; init; } = [];

    /// <summary>Whether it has failed in this pool as a service fails (5xx, timeouts): only the first such failure of a request counts.</summary>
    [Id(23)]
    public bool HasFailed { get; init; }

    /// <summary>Whether an account has failed it for certain reasons of its own (401, 402): only the first such failure of a request counts.</summary>
    [Id(25)]
    public bool HasFailedOnAccount { get; init; }

    /// <summary>Whether the turn's conversation books its use from a separate record: <see cref="LeasedTurn.IsStored"/>.</summary>
    [Id(26)]
    public bool IsStored { get; init; }

    /// <summary>The accounts that the turn has called before: <see cref="LeasedTurn.EarlierCalls"/>.</summary>
    [Id(27)]
    public string[]? EarlierCalls { get; init; }

    /// <summary>Whether it has waited for another request's second opinion; it does so once.</summary>
    [Id(24)]
    public bool HasWaitedForOpinion { get; init; }
}
