using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Keys.Limits;

/// <summary>The stored record of a key's use. Counts at least as much as was used.</summary>
[GenerateSerializer, Alias("flowgpt.KeyUseRecord")]
internal sealed record KeyUseRecord
{
    /// <summary>The limits that were in force.</summary>
    [Id(0)]
    public ApiKeyLimits Limits { get; init; } = ApiKeyLimits.None;

    /// <summary>The key's version that they are of.</summary>
    [Id(1)]
    public long LimitsVersion { get; init; }

    /// <summary>When it was made.</summary>
    [Id(2)]
    public DateTimeOffset At { get; init; }

    /// <summary>Tokens of the day of <see cref="At"/>, those held included.</summary>
    [Id(3)]
    public long TokensOfDay { get; init; }

    /// <summary>Tokens of the month of <see cref="At"/> likewise.</summary>
    [Id(4)]
    public long TokensOfMonth { get; init; }

    /// <summary>The minute's requests; null when they are not limited.</summary>
    [Id(5)]
    public WindowRecord? Requests { get; init; }

    /// <summary>The minute's tokens; null when they are not limited.</summary>
    [Id(6)]
    public WindowRecord? Tokens { get; init; }

    /// <summary>The requests in flight.</summary>
    [Id(7)]
    public ImmutableArray<KeyReservation> Running { get; init; } = [];

    /// <summary>Requests that may have been let in after this was made.</summary>
    [Id(8)]
    public long ReservedRequests { get; init; }

    /// <summary>Tokens likewise.</summary>
    [Id(9)]
    public long ReservedTokens { get; init; }

    /// <summary>None is let in on the strength of this record after that.</summary>
    [Id(10)]
    public DateTimeOffset ReservedUntil { get; init; }

    /// <summary>How far the wall clock was ahead of <see cref="At"/> and the other times of this record.</summary>
    [Id(11)]
    public TimeSpan WallAhead { get; init; }

    /// <summary>
    /// The same with its times by the wall clock of now. Where that clock is behind the record's, it was set back: every time is as long ago as it was when the
    /// record was made.
    /// </summary>
    public KeyUseRecord AsOf(DateTimeOffset wall)
    {
        var made = At + WallAhead;
        var delta = WallAhead - (At != default && made > wall ? made - wall : TimeSpan.Zero);
        return delta == TimeSpan.Zero
            ? this
            : this with
            {
                At = At + delta,
                WallAhead = TimeSpan.Zero,
                Requests = Requests?.Shifted(delta),
                Tokens = Tokens?.Shifted(delta),
                Running = [.. Running.Select(running => running.Shifted(delta))],
                ReservedUntil = ReservedUntil == default ? default : ReservedUntil + delta,
            };
    }
}
