using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools.Choice;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

internal sealed partial class PoolAccount
{
    /// <summary>A pool is looked through at least this often, for other reasons.</summary>
    private static readonly TimeSpan LongestLookAhead = TimeSpan.FromDays(400);

    /// <summary>What the index of its pool holds of it; null in a pool without one.</summary>
    public AccountPlace? Place { get; set; }

    /// <summary>Whether some request could be served now, as far as the account alone decides; a mark for one model does not matter.</summary>
    public bool IsOpen(DateTimeOffset now) =>
        !IsArriving
        && Definition is { Enabled: true, Draining: false, Sealed: false }
        && !(Definition.TokenExpires <= _calendar.Wall(now))
        && Health.AvailableAt <= now
        && Health.Marks.OfAccount is not { IsOut: true }
        && Headroom(now) > 0;

    /// <summary>When it will be open, closed, or have more room by the passing of time alone.</summary>
    public DateTimeOffset ChangesAt(DateTimeOffset now)
    {
        var next = Health.RestsUntil > now ? Health.RestsUntil : DateTimeOffset.MaxValue;
        next = Health.AvailableAt > now && Health.AvailableAt < next ? Health.AvailableAt : next;
        if (
            Definition.TokenExpires - _calendar.Wall(now) is { } left
            && left > TimeSpan.Zero
            && left < LongestLookAhead
            && now + left < next
        )
        {
            next = now + left;
        }

        foreach (var window in Meter.Windows)
        {
            next = window.ChangesAt(now) is { } change && change < next ? change : next;
        }

        return next;
    }

    /// <summary>What it adds to the remaining requests that clients of its pool are shown.</summary>
    public PoolRoom Room(DateTimeOffset now) =>
        IsArriving || State(now) != AccountState.Ready ? default
        : Meter.Window(WindowKind.RequestsPerMinute) is { } window
            ? new(window.Limit, Math.Max(0, window.Limit - Meter.Used(window, now)), 0)
        : new(0, 0, 1);
}
