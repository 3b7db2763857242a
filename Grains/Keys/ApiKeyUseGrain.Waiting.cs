using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Timing;

namespace FlowGpt.Grains.Keys;

/// <summary>Callers whose requests wait for tokens that others of the key hold: each is answered when its request's turn may have come.</summary>
internal sealed partial class ApiKeyUseGrain
{
    private readonly Dictionary<string, TaskCompletionSource> _waiters = new(StringComparer.Ordinal);

    /// <summary>Waits until the request's turn may have come; false when the time for one call has passed.</summary>
    private async Task<bool> HasTurn(KeyReserveRequest request, long began)
    {
        var longest = request.MaxWait < ClusterTiming.Poll ? request.MaxWait : ClusterTiming.Poll;
        var left = longest - _time.GetElapsedTime(began);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        // Of two calls for one request the later one waits.
        Wake(request.RequestId);
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters[request.RequestId] = waiter;
        await waiter
            .Task.WaitAsync(left, _time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (_waiters.GetValueOrDefault(request.RequestId) == waiter)
        {
            _waiters.Remove(request.RequestId);
        }

        return true;
    }

    /// <summary>Something may have come back: the first of the queue looks whether it is enough.</summary>
    private void WakeFirst()
    {
        if (_meter.FirstWaiting is { } first)
        {
            Wake(first);
        }
    }

    private void Wake(string requestId)
    {
        if (_waiters.Remove(requestId, out var waiter))
        {
            waiter.SetResult();
        }
    }

    private void WakeAll()
    {
        foreach (var (_, waiter) in _waiters)
        {
            waiter.SetResult();
        }

        _waiters.Clear();
    }
}
