namespace FlowGpt.ApiFrontend.Security;

/// <summary>
/// How long requests from an address wait, by how many wrong keys came from it recently: the first few cost nothing, then each doubles the pause
/// between two tries. Bounded: when full, the address that was quiet for longest is forgotten. Time is an argument. Not thread-safe.
/// </summary>
/// <typeparam name="TAddress">The type of addresses.</typeparam>
internal sealed class WrongKeyTable<TAddress>
    where TAddress : notnull
{
    /// <summary>The longest pause between two tries.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    /// <summary>Wrong keys are forgotten when none came for this long.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly Dictionary<TAddress, Record> _records = [];
    private readonly int _free;
    private readonly TimeSpan _firstPause;
    private readonly int _most;

    /// <param name="free">Wrong keys without consequence.</param>
    /// <param name="firstPause">The pause after the first wrong key with consequence.</param>
    /// <param name="most">Most addresses remembered.</param>
    public WrongKeyTable(int free, TimeSpan firstPause, int most)
    {
        _free = free;
        _firstPause = firstPause;
        _most = most;
    }

    /// <summary>Addresses remembered.</summary>
    public int Count => _records.Count;

    /// <summary>
    /// How long a try from this address has to wait; zero for none. If that is no longer than <paramref name="longestWait"/>, the try has its
    /// turn then, and the next waits for longer; otherwise nothing changes, and the request must be refused.
    /// </summary>
    public TimeSpan Enter(TAddress address, DateTimeOffset now, TimeSpan longestWait)
    {
        if (!_records.TryGetValue(address, out var record) || record.Wrong <= _free || now - record.Last > Memory)
        {
            return TimeSpan.Zero;
        }

        var turn = record.Next > now ? record.Next : now;
        if (turn - now <= longestWait)
        {
            record.Next = turn + Pause(record.Wrong);
        }

        return turn - now;
    }

    /// <summary>A wrong key came.</summary>
    public void Wrong(TAddress address, DateTimeOffset now)
    {
        if (!_records.TryGetValue(address, out var record))
        {
            MakeRoom();
            _records[address] = record = new Record();
        }

        record.Wrong = now - record.Last > Memory ? 1 : record.Wrong + 1;
        record.Last = now;
        var next = now + Pause(record.Wrong);
        record.Next = next > record.Next ? next : record.Next;
    }

    private TimeSpan Pause(int wrong)
    {
        if (wrong <= _free)
        {
            return TimeSpan.Zero;
        }

        var pause = _firstPause * Math.Pow(2, Math.Min(wrong - _free - 1, 30));
        return pause < LongestPause ? pause : LongestPause;
    }

    private void MakeRoom()
    {
        if (_records.Count >= _most)
        {
            _records.Remove(_records.MinBy(static pair => pair.Value.Last).Key);
        }
    }

    private sealed class Record
    {
        public int Wrong { get; set; }

        public DateTimeOffset Last { get; set; }

        public DateTimeOffset Next { get; set; }
    }
}
