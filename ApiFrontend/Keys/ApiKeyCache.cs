using System.Collections.Concurrent;
using FlowGpt.ApiFrontend.Calls;
using FlowGpt.Grains.Interfaces.Keys;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Keys;

/// <summary>
/// What this frontend knows of client keys. An answer is used for <see cref="ClientKeyOptions.CacheFor"/> from the moment before it was
/// asked for, then never again; with nobody to ask, nothing is known. Each key has at most one call under way; for a key in use it is
/// made ahead of time, so that no request waits for it. Thread-safe.
/// </summary>
internal sealed partial class ApiKeyCache
{
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ClientKeyOptions _options;
    private readonly ILogger<ApiKeyCache> _logger;

    public ApiKeyCache(IGrainFactory grains, TimeProvider time, IOptions<ClientKeyOptions> options, ILogger<ApiKeyCache> logger)
    {
        _grains = grains;
        _time = time;
        _options = options.Value;
        _logger = logger;
    }

    /// <summary>Ids remembered.</summary>
    internal int Count => _slots.Count;

    /// <summary>What is known of the key: as read after this call began, or a moment before it.</summary>
    public ValueTask<ApiKeyLookup> GetAsync(string keyId, CancellationToken cancellationToken)
    {
        if (_slots.TryGetValue(keyId, out var slot) && slot.Latest is { } latest && Age(latest) is var age && age < _options.CacheFor)
        {
            if (age >= _options.CacheFor / 2)
            {
                _ = RefreshAsync(keyId, slot);
            }

            return new(new ApiKeyLookup(true, latest.Access));
        }

        return AskAsync(keyId, slot ?? NewSlot(keyId), cancellationToken);
    }

    /// <summary>Forgets what is known of a key, so that a change made through this frontend is seen by it at once.</summary>
    public void Forget(string keyId) => _slots.TryRemove(keyId, out _);

    private TimeSpan Age(Answer answer) => _time.GetElapsedTime(answer.AskedAt);

    private Slot NewSlot(string keyId)
    {
        if (_slots.Count >= _options.MaxRemembered)
        {
            foreach (var (id, old) in _slots)
            {
                if (old.Latest is { } answer && Age(answer) >= _options.CacheFor)
                {
                    _slots.TryRemove(new KeyValuePair<string, Slot>(id, old));
                }
            }
        }

        return _slots.Count < _options.MaxRemembered ? _slots.GetOrAdd(keyId, static _ => new Slot()) : new Slot();
    }

    private async ValueTask<ApiKeyLookup> AskAsync(string keyId, Slot slot, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        try
        {
            while (true)
            {
                var left = _options.LookupTimeout - _time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                {
                    return default;
                }

                if (!await RefreshAsync(keyId, slot).WaitAsync(left, _time, cancellationToken))
                {
                    return default;
                }

                // A call that was under way before may have read what was true before.
                if (slot.Latest is { } latest && (latest.AskedAt >= began || Age(latest) < _options.CacheFor))
                {
                    return new ApiKeyLookup(true, latest.Access);
                }
            }
        }
        catch (TimeoutException)
        {
            LogTooSlow(keyId, _options.LookupTimeout);
            return default;
        }
    }

    private Task<bool> RefreshAsync(string keyId, Slot slot)
    {
        lock (slot)
        {
            if (slot.Refresh is not { IsCompleted: false } refresh)
            {
                slot.Refresh = refresh = ReadAsync(keyId, slot);
            }

            return refresh;
        }
    }

    private async Task<bool> ReadAsync(string keyId, Slot slot)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var askedAt = _time.GetTimestamp();
                var access = await ReadAccessAsync(keyId, isKnown: slot.Latest is { Access: not null });
                slot.Latest = new Answer(access, askedAt);
                return true;
            }
            catch (Exception exception) when (TransientFailures.IsOfACall(exception) && attempt < TransientFailures.MaxAttempts)
            {
                await TransientFailures.DelayAsync(_time, CancellationToken.None);
            }
            catch (Exception exception)
            {
                LogUnreachable(exception, keyId);
                return false;
            }
        }
    }

    private async ValueTask<ApiKeyAccess?> ReadAccessAsync(string keyId, bool isKnown) =>
        isKnown || await _grains.GetGrain<IApiKeyDirectoryGrain>(IApiKeyDirectoryGrain.Key).Contains(keyId)
            ? await _grains.GetGrain<IApiKeyGrain>(keyId).GetAccess()
            : null;

    private sealed record Answer(ApiKeyAccess? Access, long AskedAt);

    private sealed class Slot
    {
        private volatile Answer? _latest;

        public Answer? Latest
        {
            get => _latest;
            set => _latest = value;
        }

        /// <summary>The call under way, or the last one. Guarded by the slot's own lock.</summary>
        public Task<bool>? Refresh { get; set; }
    }
}
