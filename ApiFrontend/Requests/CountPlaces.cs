using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Requests;

/// <summary>
/// Allows few requests at a time to take processor time for counting the tokens of what they hold: <see cref="FrontendOptions.MaxCountsPerKey"/> of one client key, and as many
/// of all keys as half of the processors. The others wait in the order in which they came. Thread-safe.
/// </summary>
internal sealed class CountPlaces(IOptions<FrontendOptions> options) : IDisposable
{
    /// <summary>So many requests of one key may wait; more are refused.</summary>
    public const int MostWaiting = 64;

    private readonly int _most = options.Value.MaxCountsPerKey;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, KeyPlaces> _keys = [];
    private readonly SemaphoreSlim _all = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>How many keys count or wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _keys.Count;
            }
        }
    }

    /// <summary>Waits for a place, which is given back by disposal; null when too many requests of the key wait.</summary>
    /// <param name="keyId">The client key.</param>
    /// <param name="leave">Ends the waiting.</param>
    public async ValueTask<IDisposable?> EnterAsync(string keyId, CancellationToken leave)
    {
        KeyPlaces? places;
        lock (_lock)
        {
            if (!_keys.TryGetValue(keyId, out places))
            {
                _keys[keyId] = places = new(new(_most));
            }

            if (places.Users >= _most + MostWaiting)
            {
                return null;
            }

            places.Users++;
        }

        var ofKey = false;
        try
        {
            await places.Free.WaitAsync(leave);
            ofKey = true;
            await _all.WaitAsync(leave);
            return new Place(this, keyId, places);
        }
        catch (OperationCanceledException)
        {
            Leave(keyId, places, ofKey);
            throw;
        }
    }

    public void Dispose() => _all.Dispose();

    private void Leave(string keyId, KeyPlaces places, bool hasPlace)
    {
        lock (_lock)
        {
            if (hasPlace)
            {
                places.Free.Release();
            }

            if (--places.Users == 0)
            {
                _keys.Remove(keyId);
                places.Free.Dispose();
            }
        }
    }

    private sealed class KeyPlaces(SemaphoreSlim free)
    {
        public SemaphoreSlim Free => free;

        /// <summary>Requests that count or wait.</summary>
        public int Users { get; set; }
    }

    private sealed class Place(CountPlaces all, string keyId, KeyPlaces places) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                all._all.Release();
                all.Leave(keyId, places, hasPlace: true);
            }
        }
    }
}
