using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>A request for one upstream call's worth of an account.</summary>
/// <param name="RequestId">The response id it is for; only for the decision audit.</param>
/// <param name="ClientKeyId">Whose request it is: the queue is fair between these.</param>
/// <param name="Model">The model alias; only for the decision audit.</param>
/// <param name="AffinityAccount">An account that already holds this conversation upstream; used if it can serve now.</param>
/// <param name="ExcludedAccounts">Accounts that this request has already failed on.</param>
/// <param name="EstimatedTokens">Tokens to reserve against token limits: prompt plus expected reply.</param>
/// <param name="MaxWait">How long the request can still wait in the queue; zero means never queue.</param>
/// <param name="HolderSilo">Address of the silo that will hold the lease, so that its death frees it.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AcquireRequest")]
public sealed record AcquireRequest(
    [property: Id(0)] string RequestId,
    [property: Id(1)] string ClientKeyId,
    [property: Id(2)] string Model,
    [property: Id(3)] string? AffinityAccount,
    [property: Id(4)] ImmutableArray<string> ExcludedAccounts,
    [property: Id(5)] int EstimatedTokens,
    [property: Id(6)] TimeSpan MaxWait,
    [property: Id(7)] string HolderSilo
);
