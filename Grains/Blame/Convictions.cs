using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Grains.Blame;

/// <summary>
/// Requests that were to blame for their refusals: for some minutes they are refused without asking the upstream. Bounded; the oldest go first. Pure.
/// </summary>
/// <param name="remembered">How long a conviction is remembered.</param>
/// <param name="mostPerMinute">How many convictions of one client key within a minute end its second opinions.</param>
internal sealed class Convictions(TimeSpan remembered, int mostPerMinute)
{
    public const int Capacity = 4096;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(string Key, string Model, Digest Fingerprint), Conviction> _byRequest = [];
    private readonly List<Conviction> _inOrder = [];

    public int Count => _byRequest.Count;

    /// <summary>The conviction of a request; null when there is none.</summary>
    public Conviction? Find(string key, string model, Digest fingerprint, DateTimeOffset now) =>
        _byRequest.Count > 0 && _byRequest.GetValueOrDefault((key, model, fingerprint)) is { } known && now - known.At < remembered
            ? known
            : null;

    public void Add(Conviction conviction)
    {
        Forget(conviction.At);
        var request = (conviction.Key, conviction.Model, conviction.Fingerprint);
        if (_byRequest.Remove(request, out var known))
        {
            _inOrder.Remove(known);
        }

        _byRequest[request] = conviction;
        _inOrder.Add(conviction);
    }

    /// <summary>Until when a client key gets no second opinion; null when it gets one.</summary>
    public DateTimeOffset? OverBudgetUntil(string key, DateTimeOffset now)
    {
        var count = 0;
        for (var i = _inOrder.Count - 1; i >= 0 && now - _inOrder[i].At < Minute; i--)
        {
            if (_inOrder[i].Key == key && ++count == mostPerMinute)
            {
                return _inOrder[i].At + Minute;
            }
        }

        return null;
    }

    /// <summary>Takes back what was decided since a time: the upstream was to blame.</summary>
    public void TakeBack(DateTimeOffset since)
    {
        foreach (var conviction in _inOrder.FindAll(one => one.At >= since))
        {
            _inOrder.Remove(conviction);
            _byRequest.Remove((conviction.Key, conviction.Model, conviction.Fingerprint));
        }
    }

    private void Forget(DateTimeOffset now)
    {
        var old = 0;
        while (old < _inOrder.Count && (now - _inOrder[old].At >= remembered || _inOrder.Count - old >= Capacity))
        {
            var conviction = _inOrder[old++];
            _byRequest.Remove((conviction.Key, conviction.Model, conviction.Fingerprint));
        }

        _inOrder.RemoveRange(0, old);
    }
}

/// <summary>A request that was to blame.</summary>
/// <param name="Key">The client key.</param>
/// <param name="Model">The upstream model.</param>
/// <param name="Fingerprint">The request.</param>
/// <param name="StatusCode">The upstream's status.</param>
/// <param name="At">When that was decided.</param>
internal sealed record Conviction(string Key, string Model, Digest Fingerprint, int? StatusCode, DateTimeOffset At);
