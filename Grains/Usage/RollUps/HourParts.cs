namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>
/// Divides the ledgers of an hour into parts, each of which is a record, so that no record grows with the number of client keys. A ledger stays in its part as long as there is
/// room; a ledger that outgrows its part moves. Only parts that changed are written. A crash between two of the writes loses nothing, since a ledger that changed lately is asked
/// again, and of a ledger that is in two parts the later version counts. Pure.
/// </summary>
internal sealed class HourParts
{
    /// <summary>Most bytes of a part: one ledger has at most half of it.</summary>
    public const int PartBytes = 640 * 1024;

    // The client key, the version and the names of members.
    private const int Framing = 64;

    private readonly Dictionary<string, (int Part, RolledLedger Ledger)> _places = [];
    private readonly List<long> _bytes = [0];

    /// <summary>How many parts there are.</summary>
    public int Count => _bytes.Count;

    /// <summary>Takes up a stored part.</summary>
    public void Restore(int part, UsageHourState state)
    {
        while (_bytes.Count <= part)
        {
            _bytes.Add(0);
        }

        foreach (var (clientKeyId, ledger) in state.Ledgers)
        {
            if (!_places.TryGetValue(clientKeyId, out var place) || place.Ledger.Version < ledger.Version)
            {
                Put(clientKeyId, part, ledger);
            }
        }
    }

    /// <summary>The parts that differ from what they were at the last call, whole.</summary>
    public List<(int Part, UsageHourState State)> Divide(UsageHourState hour)
    {
        var changed = new SortedSet<int>();
        foreach (var (clientKeyId, ledger) in hour.Ledgers)
        {
            var isKnown = _places.TryGetValue(clientKeyId, out var place);
            if (isKnown && place.Ledger.Version == ledger.Version)
            {
                continue;
            }

            if (isKnown)
            {
                changed.Add(place.Part);
            }

            changed.Add(Put(clientKeyId, PartFor(clientKeyId, ledger, isKnown ? place : null), ledger));
        }

        if (changed.Count > 0)
        {
            // The first part says how many there are.
            changed.Add(0);
        }

        return [.. changed.Reverse().Select(part => (part, StateOf(part)))];
    }

    private int PartFor(string clientKeyId, RolledLedger ledger, (int Part, RolledLedger Ledger)? place)
    {
        var size = SizeOf(clientKeyId, ledger);
        if (place is var (part, before) && _bytes[part] - SizeOf(clientKeyId, before) + size <= PartBytes)
        {
            return part;
        }

        var free = _bytes.FindIndex(bytes => bytes + size <= PartBytes);
        if (free < 0)
        {
            _bytes.Add(0);
            free = _bytes.Count - 1;
        }

        return free;
    }

    private int Put(string clientKeyId, int part, RolledLedger ledger)
    {
        if (_places.TryGetValue(clientKeyId, out var before))
        {
            _bytes[before.Part] -= SizeOf(clientKeyId, before.Ledger);
        }

        _places[clientKeyId] = (part, ledger);
        _bytes[part] += SizeOf(clientKeyId, ledger);
        return part;
    }

    private UsageHourState StateOf(int part) =>
        new()
        {
            Ledgers = _places
                .Where(place => place.Value.Part == part)
                .ToDictionary(static place => place.Key, static place => place.Value.Ledger),
            FurtherParts = part == 0 ? _bytes.Count - 1 : 0,
        };

    // Bytes are base64 in a record.
    private static long SizeOf(string clientKeyId, RolledLedger ledger) =>
        Framing + clientKeyId.Length + ((ledger.Table.Length + 2) / 3 * 4);
}
