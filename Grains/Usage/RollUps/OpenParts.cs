namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>
/// Divides the names of a day's open ledgers into parts, each of which is a record, so that no record grows with the number of client keys. A name stays in its part until
/// its ledger has taken leave, and the room is used again. Only parts that changed are written. A crash between two of the writes loses no name that was written before:
/// a name that is still in a part although its ledger has taken leave is asked once more. Pure.
/// </summary>
internal sealed class OpenParts
{
    /// <summary>Most bytes of a part.</summary>
    public const int PartBytes = 512 * 1024;

    // The quotation marks and the comma.
    private const int Framing = 3;

    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<Part> _parts = [new()];
    private readonly SortedSet<int> _changed = [];

    /// <summary>The names of all open ledgers.</summary>
    public IReadOnlyCollection<string> Names => _places.Keys;

    /// <summary>Takes up a stored part. A name that is in two of them counts once.</summary>
    public void Restore(int part, UsageDayState state)
    {
        while (_parts.Count <= part)
        {
            _parts.Add(new());
        }

        foreach (var name in state.Open)
        {
            if (_places.TryAdd(name, part))
            {
                _parts[part].Add(name);
            }
        }
    }

    /// <summary>Adds a name, unless it is there.</summary>
    public void Add(string name)
    {
        if (_places.ContainsKey(name))
        {
            return;
        }

        var part = _parts.FindIndex(one => one.Bytes + SizeOf(name) <= PartBytes);
        if (part < 0)
        {
            part = _parts.Count;
            _parts.Add(new());
            // The first part says how many there are.
            _changed.Add(0);
        }

        _places.Add(name, part);
        _parts[part].Add(name);
        _changed.Add(part);
    }

    /// <summary>Removes a name.</summary>
    public void Remove(string name)
    {
        if (_places.Remove(name, out var part))
        {
            _parts[part].Remove(name);
            _changed.Add(part);
        }
    }

    /// <summary>The parts that differ from what they were at the last call, whole, in the order in which they are to be written.</summary>
    public List<(int Part, UsageDayState State)> Divide()
    {
        List<(int Part, UsageDayState State)> changed = [.. _changed.Reverse().Select(part => (part, StateOf(part)))];
        _changed.Clear();
        return changed;
    }

    private UsageDayState StateOf(int part) => new() { Open = [.. _parts[part].Names], FurtherParts = part == 0 ? _parts.Count - 1 : 0 };

    private static int SizeOf(string name) => Framing + name.Length;

    private sealed class Part
    {
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        public int Bytes { get; private set; }

        public void Add(string name)
        {
            Names.Add(name);
            Bytes += SizeOf(name);
        }

        public void Remove(string name)
        {
            Names.Remove(name);
            Bytes -= SizeOf(name);
        }
    }
}
