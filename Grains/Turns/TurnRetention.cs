using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Turns;

/// <summary>How long after its end a turn that is not stored is kept.</summary>
/// <param name="Attached">Until the client has read the end, at most this long.</param>
/// <param name="Idempotent">For the same request sent again, however often.</param>
/// <param name="Background">For any number of reads of a background response.</param>
internal sealed record TurnRetention(TimeSpan Attached, TimeSpan Idempotent, TimeSpan Background)
{
    public static TurnRetention Of(TurnOptions options) => new(options.KeepUnread, options.KeepIdempotent, options.KeepBackground);

    public TimeSpan For(TurnRequest turn) =>
        turn.Lifetime == TurnLifetime.Background ? Background
        : turn.IsIdempotent ? Idempotent
        : Attached;

    /// <summary>Whether a turn is kept for its whole time, also after its end was read.</summary>
    public static bool IsKeptWhenRead(TurnRequest turn) => turn.IsIdempotent || turn.Lifetime == TurnLifetime.Background;
}
