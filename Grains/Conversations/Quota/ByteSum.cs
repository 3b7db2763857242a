using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Conversations.Quota;

/// <summary>
/// Sums up what conversations store, by the day on which their records will have ended: records that have ended are no longer counted. The record is ahead of the
/// sum by up to a block a day, so that few changes need a write. Pure.
/// </summary>
internal sealed class ByteSum
{
    /// <summary>How many bytes a write notes ahead.</summary>
    public const long Block = 256 * 1024;

    /// <summary>Most days in a record; the latest are kept.</summary>
    public const int MostDays = 4096;

    private readonly SortedDictionary<int, long> _days = [];
    private readonly Dictionary<int, long> _noted = [];

    public ByteSum(StoredBytesRecord stored)
    {
        foreach (var day in stored.Days)
        {
            _days[day.Until] = _noted[day.Until] = day.Bytes;
        }
    }

    /// <summary>Whether storage knows less than is stored.</summary>
    public bool IsBeyondRecord => _days.Any(day => day.Value > _noted.GetValueOrDefault(day.Key));

    /// <summary>Whether the record differs from the sum.</summary>
    public bool DiffersFromRecord => _noted.Count != _days.Count || _days.Any(day => day.Value != _noted.GetValueOrDefault(day.Key));

    /// <summary>The sum of what has not ended.</summary>
    public long TotalOn(int today) => _days.Where(day => day.Key > today).Sum(static day => day.Value);

    /// <summary>Counts <paramref name="after"/> in the place of <paramref name="before"/>, unless that is more than before and passes the limit.</summary>
    public bool TryReplace(StoredBytes before, StoredBytes after, long? limit, int today)
    {
        // What has ended is in no total any more, and a sum never gives back more than it has.
        var known = before.Until > today ? Math.Min(before.Bytes, _days.GetValueOrDefault(before.Until)) : 0;
        if (limit is { } most && after.Bytes > known && TotalOn(today) - known + after.Bytes > most)
        {
            return false;
        }

        Add(before.Until, -known);
        Add(after.Until, after.Bytes);
        return true;
    }

    /// <summary>What is to be written.</summary>
    /// <param name="ahead">How much more than the sum is noted for a day that is beyond the record.</param>
    public StoredBytesRecord Note(long ahead)
    {
        var record = new StoredBytesRecord();
        foreach (var (until, bytes) in _days.Skip(Math.Max(0, _days.Count - MostDays)))
        {
            record.Days.Add(new(bytes > _noted.GetValueOrDefault(until) ? bytes + ahead : bytes, until));
        }

        _noted.Clear();
        foreach (var day in record.Days)
        {
            _noted[day.Until] = day.Bytes;
        }

        return record;
    }

    private void Add(int until, long bytes)
    {
        var sum = Math.Max(0, _days.GetValueOrDefault(until) + bytes);
        if (sum == 0)
        {
            _days.Remove(until);
        }
        else
        {
            _days[until] = sum;
        }
    }
}
