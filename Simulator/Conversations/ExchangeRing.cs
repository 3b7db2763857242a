namespace FlowGpt.Simulator.Conversations;

/// <summary>The most recent exchanges: at most so many, holding at most so many characters. Safe to use from many threads.</summary>
internal sealed class ExchangeRing(int capacity, long characters)
{
    private readonly Lock _gate = new();
    private readonly Queue<Exchange> _exchanges = new();
    private long _held;

    public void Add(Exchange exchange)
    {
        lock (_gate)
        {
            _exchanges.Enqueue(exchange);
            _held += exchange.HeldCharacters;
            while (_exchanges.Count > capacity || (_held > characters && _exchanges.Count > 1))
            {
                _held -= _exchanges.Dequeue().HeldCharacters;
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _exchanges.Clear();
            _held = 0;
        }
    }

    /// <summary>All exchanges held, oldest first.</summary>
    public IReadOnlyList<Exchange> Snapshot()
    {
        lock (_gate)
        {
            return [.. _exchanges];
        }
    }
}
