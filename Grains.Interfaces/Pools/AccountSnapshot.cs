using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>The current state of one account. Holds no secret.</summary>
/// <param name="Name">The operator's name for it.</param>
/// <param name="State">Whether it can serve.</param>
/// <param name="AvailableAt">End of a cool-down, if one runs.</param>
/// <param name="LastFailure">The last failure that counted against it.</param>
/// <param name="TokenExpires">The token's <c>exp</c>; null when the token is not a readable JWT.</param>
/// <param name="Weight">Share under the weighted strategy.</param>
/// <param name="Leases">Calls in flight.</param>
/// <param name="MaxConcurrent">Most calls in flight; null when unlimited.</param>
/// <param name="Windows">Its limits and their use.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountSnapshot")]
public sealed record AccountSnapshot(
    [property: Id(0)] string Name,
    [property: Id(1)] AccountState State,
    [property: Id(2)] DateTimeOffset? AvailableAt,
    [property: Id(3)] FailureReason? LastFailure,
    [property: Id(4)] DateTimeOffset? TokenExpires,
    [property: Id(5)] int Weight,
    [property: Id(6)] int Leases,
    [property: Id(7)] int? MaxConcurrent,
    [property: Id(8)] ImmutableArray<WindowSnapshot> Windows
)
{
    /// <summary>Where it was defined.</summary>
    [Id(9)]
    public AccountOrigin Origin { get; init; }

    /// <summary>Whether the admin API has changed what configuration says of it.</summary>
    [Id(10)]
    public bool Overridden { get; init; }

    /// <summary>The first 32 bits of the token's SHA-256, by which tokens can be compared.</summary>
    [Id(11)]
    public string TokenFingerprint { get; init; } = "";

    /// <summary>Why it cools down; null when it does not.</summary>
    [Id(12)]
    public FailureReason? CoolingDownFor { get; init; }

    /// <summary>The latest failures that counted against it since the pool was last activated, newest first, at most 5.</summary>
    [Id(13)]
    public ImmutableArray<AccountFailure> Failures { get; init; } = [];

    /// <summary>What is held against it, at most 32 marks.</summary>
    [Id(20)]
    public ImmutableArray<AccountMark> Marks { get; init; } = [];
}

/// <summary>What the pool holds against an account.</summary>
/// <param name="Model">The upstream model that it is held for; null for the whole account.</param>
/// <param name="Reason">How the failure read.</param>
/// <param name="StatusCode">The upstream's HTTP status; null when there was none.</param>
/// <param name="Since">Since when.</param>
/// <param name="IsOut">Whether the account gets nothing but probes; else it goes last in the choice.</param>
/// <param name="SecondOpinionBy">The account that served what this account refused; null where the failure needs no comparison.</param>
/// <param name="ProbeAt">When the account is probed next.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountMark")]
public sealed record AccountMark(
    [property: Id(0)] string? Model,
    [property: Id(1)] FailureReason Reason,
    [property: Id(2)] int? StatusCode,
    [property: Id(3)] DateTimeOffset Since,
    [property: Id(4)] bool IsOut,
    [property: Id(5)] string? SecondOpinionBy,
    [property: Id(6)] DateTimeOffset ProbeAt
);
