using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Grains.Blame;

/// <summary>
/// Requests that failed on two accounts in the same way, as a failing service makes them fail. They are not used as probes, and their further failures mark no account.
/// Bounded; the oldest go first. Pure.
/// </summary>
internal sealed class FailedRequests
{
    public const int Capacity = 4096;

    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly Dictionary<Digest, DateTimeOffset> _failed = [];
    private readonly Queue<(Digest Fingerprint, DateTimeOffset At)> _inOrder = new();

    public bool Contains(Digest fingerprint, DateTimeOffset now) =>
        _failed.Count > 0 && _failed.TryGetValue(fingerprint, out var at) && now - at < Remembered;

    public void Add(Digest fingerprint, DateTimeOffset now)
    {
        while (_inOrder.TryPeek(out var oldest) && (now - oldest.At >= Remembered || _inOrder.Count >= Capacity))
        {
            _inOrder.Dequeue();
            if (_failed.GetValueOrDefault(oldest.Fingerprint) == oldest.At)
            {
                _failed.Remove(oldest.Fingerprint);
            }
        }

        _failed[fingerprint] = now;
        _inOrder.Enqueue((fingerprint, now));
    }

    /// <summary>The upstream was to blame for all that failed recently.</summary>
    public void Clear()
    {
        _failed.Clear();
        _inOrder.Clear();
    }
}
