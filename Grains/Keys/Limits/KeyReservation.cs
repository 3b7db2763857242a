namespace FlowGpt.Grains.Keys.Limits;

/// <summary>A request that was let in and has not ended.</summary>
/// <param name="RequestId">Its response id.</param>
/// <param name="Tokens">Tokens reserved for it.</param>
/// <param name="At">When it was admitted: the minute, day and month in which it counts, except for top-ups.</param>
/// <param name="Expires">When it has surely ended.</param>
/// <param name="Holder">The silo that runs it.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.KeyReservation")]
internal sealed record KeyReservation(
    [property: Id(0)] string RequestId,
    [property: Id(1)] long Tokens,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] DateTimeOffset Expires,
    [property: Id(4)] string Holder
)
{
    /// <summary>Tokens of the latest top-up.</summary>
    [Id(5)]
    public long Latest { get; init; }

    /// <summary>When that was: the minute, day and month in which they count.</summary>
    [Id(6)]
    public DateTimeOffset LatestAt { get; init; }

    /// <summary>Tokens of the top-ups before it, which were used up.</summary>
    [Id(7)]
    public long UsedUp { get; init; }

    /// <summary>The same, later by <paramref name="delta"/>.</summary>
    public KeyReservation Shifted(TimeSpan delta) =>
        this with
        {
            At = At + delta,
            Expires = Expires + delta,
            LatestAt = LatestAt == default ? default : LatestAt + delta,
        };

    /// <summary>Tokens that it was admitted with.</summary>
    public long First => Tokens - Latest - UsedUp;
}
