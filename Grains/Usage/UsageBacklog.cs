namespace FlowGpt.Grains.Usage;

/// <summary>
/// The events of this process that were taken and are not yet booked: how many, and how old the oldest is, to the second. Events are counted by the second
/// they ended in, so that they may leave in any order. Thread-safe.
/// </summary>
internal sealed class UsageBacklog
{
    private readonly SortedDictionary<long, int> _seconds = [];
    private readonly Lock _gate = new();
    private int _count;

    /// <summary>Events waiting.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    public void Add(DateTimeOffset at)
    {
        lock (_gate)
        {
            _count++;
            var second = at.ToUnixTimeSeconds();
            _seconds[second] = _seconds.GetValueOrDefault(second) + 1;
        }
    }

    /// <summary>Takes out an event that was added with the same time.</summary>
    public void Remove(DateTimeOffset at)
    {
        lock (_gate)
        {
            _count--;
            var second = at.ToUnixTimeSeconds();
            var left = _seconds[second] - 1;
            if (left == 0)
            {
                _seconds.Remove(second);
            }
            else
            {
                _seconds[second] = left;
            }
        }
    }

    /// <summary>How long the oldest has been waiting, in whole seconds; zero when none waits.</summary>
    public TimeSpan Age(DateTimeOffset now)
    {
        lock (_gate)
        {
            foreach (var (second, _) in _seconds)
            {
                return TimeSpan.FromSeconds(Math.Max(0, now.ToUnixTimeSeconds() - second));
            }

            return TimeSpan.Zero;
        }
    }
}
