using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Accounts;

/// <summary>The stored record of one account.</summary>
[GenerateSerializer, Alias("flowgpt.PoolAccountRecord")]
public sealed record AccountRecord
{
    /// <summary>The operator's name for it.</summary>
    [Id(0)]
    public string Name { get; init; } = "";

    /// <summary>The hash of its secret, by which it is known again under another name.</summary>
    [Id(1)]
    public string TokenHash { get; init; } = "";

    /// <summary>The upstream's id of it, likewise.</summary>
    [Id(2)]
    public string? UpstreamId { get; init; }

    /// <summary>Values that were generated for fields of its credential.</summary>
    [Id(3)]
    public ImmutableDictionary<string, string> Generated { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>When an account that is out as a whole is probed next.</summary>
    [Id(4)]
    public DateTimeOffset ProbeAt { get; init; }

    /// <summary>Why the account is out as a whole; null when it is not.</summary>
    [Id(5)]
    public FailureReason? RefusedReason { get; init; }

    /// <summary>End of a cool-down after 429.</summary>
    [Id(6)]
    public DateTimeOffset RateLimitedUntil { get; init; }

    /// <summary>How many such waves had failed in a row.</summary>
    [Id(7)]
    public int RateLimitStep { get; init; }

    /// <summary>Requests that may have been issued after this was written.</summary>
    [Id(8)]
    public long ReservedRequests { get; init; }

    /// <summary>Tokens likewise.</summary>
    [Id(9)]
    public long ReservedTokens { get; init; }

    /// <summary>No request is issued on the strength of this record after that.</summary>
    [Id(10)]
    public DateTimeOffset ReservedUntil { get; init; }

    /// <summary>Requests that were issued and not known to have arrived.</summary>
    [Id(11)]
    public long PendingRequests { get; init; }

    /// <summary>Tokens reserved by calls that were in flight.</summary>
    [Id(12)]
    public long PendingTokens { get; init; }

    /// <summary>From one probe to the next.</summary>
    [Id(20)]
    public TimeSpan ProbeInterval { get; init; }

    /// <summary>The windows' uses.</summary>
    [Id(13)]
    public ImmutableArray<WindowRecord> Windows { get; init; } = [];

    /// <summary>Since when no account of the configuration or the operators has it; default while there is such an account.</summary>
    [Id(21)]
    public DateTimeOffset UnusedSince { get; init; }

    /// <summary>The number of the pool's write that it was made for; 0 in records of earlier versions.</summary>
    [Id(22)]
    public long Sequence { get; init; }

    /// <summary>Limits that never hold, for every window of the record: with them its uses stay known.</summary>
    internal AccountLimits Unlimited()
    {
        int? Of(WindowKind kind) => Windows.Any(window => window.Name == kind.FieldName()) ? int.MaxValue : null;
        return new()
        {
            RequestsPerMinute = Of(WindowKind.RequestsPerMinute),
            RequestsPerHour = Of(WindowKind.RequestsPerHour),
            RequestsPerDay = Of(WindowKind.RequestsPerDay),
            TokensPerMinute = Of(WindowKind.TokensPerMinute),
            TokensPerDay = Of(WindowKind.TokensPerDay),
        };
    }

    /// <summary>The same, later by <paramref name="delta"/>.</summary>
    internal AccountRecord Shifted(TimeSpan delta) =>
        this with
        {
            ProbeAt = Later(ProbeAt, delta),
            RateLimitedUntil = Later(RateLimitedUntil, delta),
            ReservedUntil = Later(ReservedUntil, delta),
            UnusedSince = Later(UnusedSince, delta),
            Windows = [.. Windows.Select(window => window.Shifted(delta))],
        };

    // A time that was never set stays what it is.
    private static DateTimeOffset Later(DateTimeOffset at, TimeSpan delta) => at == default ? at : at + delta;
}
