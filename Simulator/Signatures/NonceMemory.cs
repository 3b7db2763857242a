using System.Globalization;

namespace FlowGpt.Simulator.Signatures;

/// <summary>The most recent nonces; the oldest is forgotten first. Safe to use from many threads.</summary>
internal sealed class NonceMemory(int capacity)
{
    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _seen = [];
    private readonly Queue<UInt128> _order = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _order.Count;
            }
        }
    }

    public static bool TryParse(string nonce, out UInt128 value)
    {
        value = default;
        return nonce.Length == 32
            && !nonce.AsSpan().ContainsAnyInRange('A', 'F')
            && UInt128.TryParse(nonce, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    /// <returns>Whether the nonce is new.</returns>
    public bool Add(UInt128 nonce)
    {
        lock (_gate)
        {
            if (!_seen.Add(nonce))
            {
                return false;
            }

            _order.Enqueue(nonce);
            if (_order.Count > capacity)
            {
                _seen.Remove(_order.Dequeue());
            }

            return true;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _seen.Clear();
            _order.Clear();
        }
    }
}
