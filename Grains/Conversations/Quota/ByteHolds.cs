namespace FlowGpt.Grains.Conversations.Quota;

/// <summary>
/// Room that running replies hold beyond what is counted for their conversations. In memory alone: a hold is what a reply may come to store, and it ends with the reply, with a crash of its
/// silo once its conversation runs again, and after <see cref="Longest"/> in any case. Pure.
/// </summary>
internal sealed class ByteHolds
{
    /// <summary>How long a hold lasts that nobody renews: as long as an upstream may be silent.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Dictionary<string, (long Bytes, DateTimeOffset Until)> _holds = new(StringComparer.Ordinal);

    /// <summary>The sum of what is held.</summary>
    public long TotalAt(DateTimeOffset now)
    {
        var total = 0L;
        foreach (var (holder, hold) in _holds)
        {
            if (hold.Until <= now)
            {
                _holds.Remove(holder);
            }
            else
            {
                total = checked(total + hold.Bytes);
            }
        }

        return total;
    }

    /// <summary>Holds so much in the place of what the holder held, unless that is more than before and all together would pass the room.</summary>
    public bool TrySet(string holder, long bytes, long? room, DateTimeOffset now)
    {
        var total = TotalAt(now);
        var before = _holds.GetValueOrDefault(holder).Bytes;
        if (bytes > before && room is { } most && total - before + bytes > most)
        {
            return false;
        }

        if (bytes > 0)
        {
            _holds[holder] = (bytes, now + Longest);
        }
        else
        {
            _holds.Remove(holder);
        }

        return true;
    }
}
