namespace FlowGpt.Grains.Isolation;

/// <summary>
/// Whether a silo must take itself for cut off, so that others may be at work in its place: the table of silos has not said for some time that it is a
/// member, and of the other silos none, or not all of those that may still run, have said so instead. While the table can be read, it alone decides; while it
/// cannot, a group of silos that hear each other may still be the lesser part of a split cluster, and so one silent silo is enough. A silo that knows of no
/// other is never cut off. Not thread-safe.
/// </summary>
/// <remarks>
/// What is heard counts from when it was asked for. The time in which the watch itself did not run is left out, since nothing could be heard in it; but no
/// silence is longer than the longest, and a silo that did not run for that long must first hear that it is still a member.
/// </remarks>
internal sealed class IsolationRule
{
    private readonly TimeSpan _fenceAfter;
    private readonly TimeSpan _longestSilence;
    private readonly TimeSpan _step;
    private readonly Dictionary<string, Peer> _peers = new(StringComparer.Ordinal);
    private Moment _last;
    private Moment _table;
    private Moment? _woke;
    private bool _begun;
    private bool _isCondemned;

    /// <param name="fenceAfter">How long a silo may hear nothing, while the watch runs, before it is isolated.</param>
    /// <param name="longestSilence">Silence that isolates in any case.</param>
    /// <param name="step">Longest time between two ticks in which the watch counts as running.</param>
    public IsolationRule(TimeSpan fenceAfter, TimeSpan longestSilence, TimeSpan step)
    {
        _fenceAfter = fenceAfter;
        _longestSilence = longestSilence;
        _step = step;
    }

    /// <summary>Notes that the watch runs. A silo that is a member for the first time counts as heard.</summary>
    /// <param name="now">The present.</param>
    /// <param name="others">The other silos that may be at work.</param>
    /// <returns>What is asked now is asked at this moment.</returns>
    public Moment Tick(TimeSpan now, IReadOnlyCollection<string> others)
    {
        var gap = now - _last.Real;
        if (!_begun)
        {
            (_begun, _last, _table) = (true, new Moment(now, now), new Moment(now, now));
        }
        else
        {
            _last = new Moment(now, _last.Awake + (gap < _step ? gap : _step));
            if (gap > _longestSilence)
            {
                _woke = _last;
            }
        }

        foreach (var gone in _peers.Keys.Where(peer => !others.Contains(peer)).ToArray())
        {
            _peers.Remove(gone);
        }

        foreach (var other in others)
        {
            _peers.TryAdd(other, new Peer(_last, _last));
        }

        return _last;
    }

    /// <summary>The table of silos was read, and this silo is a member.</summary>
    public void HeardFromTable(Moment asked) => _table = Later(_table, asked);

    /// <summary>Another silo answered that this silo is a member.</summary>
    public void HeardFrom(string other, Moment asked)
    {
        if (_peers.TryGetValue(other, out var peer))
        {
            _peers[other] = new Peer(Later(peer.Heard, asked), Later(peer.Settled, asked));
        }
    }

    /// <summary>Another silo's process has ended: it takes nothing over, though it proves nothing either.</summary>
    public void Gone(string other, Moment asked)
    {
        if (_peers.TryGetValue(other, out var peer))
        {
            _peers[other] = peer with { Settled = Later(peer.Settled, asked) };
        }
    }

    /// <summary>This silo was declared dead. There is no way back.</summary>
    public void Condemn() => _isCondemned = true;

    /// <summary>How long the table has said nothing.</summary>
    public TimeSpan TableSilence(TimeSpan now) => now - _table.Real;

    /// <summary>Whether this silo must do nothing that another silo may do by now.</summary>
    public bool IsIsolated(TimeSpan now)
    {
        if (_isCondemned)
        {
            return true;
        }

        if (!_begun)
        {
            return false;
        }

        if (now - _last.Real > _longestSilence)
        {
            return true;
        }

        if (_woke is { } woke && !IsProvenSince(woke))
        {
            return true;
        }

        return _peers.Count > 0
            && IsOver(_table, now)
            && (_peers.Values.All(peer => IsOver(peer.Heard, now)) || _peers.Values.Any(peer => IsOver(peer.Settled, now)));
    }

    private bool IsProvenSince(Moment woke) =>
        _table.Real >= woke.Real
        || (_peers.Values.Any(peer => peer.Heard.Real >= woke.Real) && _peers.Values.All(peer => peer.Settled.Real >= woke.Real));

    private bool IsOver(Moment heard, TimeSpan now) => _last.Awake - heard.Awake >= _fenceAfter || now - heard.Real > _longestSilence;

    private static Moment Later(Moment one, Moment other) => one.Real > other.Real ? one : other;

    /// <param name="Heard">When it last said that this silo is a member.</param>
    /// <param name="Settled">When it last was known to be no danger: by that, or since it has ended.</param>
    private readonly record struct Peer(Moment Heard, Moment Settled);
}
