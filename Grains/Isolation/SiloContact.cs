using FlowGpt.Grains.Cluster;

namespace FlowGpt.Grains.Isolation;

/// <summary>
/// Whether this silo is known to be in contact with its cluster. While it is not, it must neither grant nor begin anything: others may have taken it for dead,
/// and count from nothing. Always in contact where nothing watches, as in a process that is all there is. Thread-safe.
/// </summary>
public sealed class SiloContact(TimeProvider time) : ISiloFence
{
    private readonly Lock _gate = new();
    private readonly ElapsedTime _elapsed = new(time);
    private volatile IsolationRule? _rule;

    /// <summary>Whether contact is lost. Judged at the time of asking: also true for a process that has just been woken and has heard nothing yet.</summary>
    public bool IsLost => _rule is { } rule && Judge(rule);

    /// <summary>Begins to judge by a rule.</summary>
    internal void Watch(IsolationRule rule) => _rule = rule;

    /// <summary>Whether it is judged.</summary>
    internal bool IsWatched => _rule is not null;

    internal (Moment Asked, TimeSpan TableSilence) Tick(IReadOnlyCollection<string> others)
    {
        lock (_gate)
        {
            var now = _elapsed.Read();
            return _rule is { } rule ? (rule.Tick(now, others), rule.TableSilence(now)) : default;
        }
    }

    internal void TableSays(TableState state, Moment asked)
    {
        lock (_gate)
        {
            if (state == TableState.Alive)
            {
                _rule?.HeardFromTable(asked);
            }
            else if (state == TableState.Dead)
            {
                _rule?.Condemn();
            }
        }
    }

    internal void PeerIs(string peer, PeerState state, Moment asked)
    {
        lock (_gate)
        {
            switch (state)
            {
                case PeerState.TakesForAlive:
                    _rule?.HeardFrom(peer, asked);
                    break;
                case PeerState.TakesForDead:
                    _rule?.Condemn();
                    break;
                case PeerState.Gone:
                    _rule?.Gone(peer, asked);
                    break;
                default:
                    break;
            }
        }
    }

    private bool Judge(IsolationRule rule)
    {
        lock (_gate)
        {
            return rule.IsIsolated(_elapsed.Read());
        }
    }
}
