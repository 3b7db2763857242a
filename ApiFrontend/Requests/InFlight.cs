using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Requests;

/// <summary>Counts the requests of each client key and of each address that are in flight in this process, so that one client cannot take all of its memory. Thread-safe.</summary>
internal sealed class InFlight(IOptions<FrontendOptions> options)
{
    private readonly Counts<string> _keys = new(options.Value.MaxInFlightPerKey);
    private readonly Counts<IPAddress> _addresses = new(options.Value.MaxInFlightPerAddress);

    /// <summary>Takes a place, which is given back by disposal; null when the key or the address has all it may have.</summary>
    public IDisposable? TryEnter(string keyId, IPAddress address)
    {
        if (!_keys.TryAdd(keyId))
        {
            return null;
        }

        if (_addresses.TryAdd(address))
        {
            return new Place(this, keyId, address);
        }

        _keys.Remove(keyId);
        return null;
    }

    private sealed class Place(InFlight counts, string keyId, IPAddress address) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                counts._keys.Remove(keyId);
                counts._addresses.Remove(address);
            }
        }
    }

    private sealed class Counts<T>(int most)
        where T : notnull
    {
        private readonly ConcurrentDictionary<T, int> _counts = new();

        public bool TryAdd(T one)
        {
            var count = _counts.AddOrUpdate(one, 1, static (_, count) => count + 1);
            if (count <= most)
            {
                return true;
            }

            Remove(one);
            return false;
        }

        public void Remove(T one)
        {
            if (_counts.AddOrUpdate(one, 0, static (_, count) => count - 1) == 0)
            {
                // Only while the count is still zero: another request may have entered by now.
                _counts.TryRemove(new(one, 0));
            }
        }
    }
}
