using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>What one response used. Its id is the response id, so that it is booked once, however often it is delivered.</summary>
/// <param name="ResponseId">Identifies the event.</param>
/// <param name="ClientKeyId">The id of the client key.</param>
/// <param name="Model">The model alias.</param>
/// <param name="Account">The account that served it; null when none did.</param>
/// <param name="At">
/// When the request was accepted, UTC; decides the hour it is booked in. All processes that report the response know the same time, so that no two book it
/// in different hours.
/// </param>
/// <param name="Usage">Tokens.</param>
/// <param name="ErrorKind">What failed; null for success and cancellation.</param>
/// <param name="Estimated">Whether the outcome is not known, so that some of the figures are estimates.</param>
/// <param name="TimeToFirstToken">From acceptance to the first text; null when there was none.</param>
/// <param name="Duration">From acceptance to the end.</param>
/// <param name="IsFromOutbox">
/// Whether it is kept in a stored record until it is known to be booked, and so may be delivered again at any later time; others are
/// repeated within seconds or not at all.
/// </param>
/// <param name="Cancelled">Whether the caller stopped it or went away; then <paramref name="ErrorKind"/> is null.</param>
/// <param name="Calls">
/// The account of each chat request that may have been sent upstream for it, in order: all but the last failed, and the last too unless
/// <paramref name="ErrorKind"/> is null. Null or empty when none was sent.
/// </param>
[GenerateSerializer, Immutable, Alias("flowgpt.UsageEvent")]
public sealed record UsageEvent(
    [property: Id(0)] string ResponseId,
    [property: Id(1)] string ClientKeyId,
    [property: Id(2)] string Model,
    [property: Id(3)] string? Account,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] TokenUsage Usage,
    [property: Id(6)] TurnErrorKind? ErrorKind,
    [property: Id(7)] bool Estimated,
    [property: Id(8)] TimeSpan? TimeToFirstToken,
    [property: Id(9)] TimeSpan Duration,
    [property: Id(10)] bool IsFromOutbox = false,
    [property: Id(11)] bool Cancelled = false,
    [property: Id(12)] string[]? Calls = null
);
