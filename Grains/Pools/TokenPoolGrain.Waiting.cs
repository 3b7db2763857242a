using System.Collections.Concurrent;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Timing;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPoolGrain
{
    private static readonly TimeSpan OwnMoment = TimeSpan.FromMilliseconds(250);

    // While this silo is cut off, another activation may be granting. Callers ask again.
    private static readonly AcquireResult NoGrant = new AcquireResult.Rejected(RejectReason.UnknownTicket, TimeSpan.Zero);

    // Concurrent because a stopping host and cancelled callers end waits from their own threads.
    private readonly ConcurrentDictionary<Guid, Waiter> _waiters = new();
    private IGrainTimer _wake = null!;
    private DateTimeOffset _armed = DateTimeOffset.MaxValue;
    private DateTimeOffset _nextRelease = DateTimeOffset.MaxValue;
    private CancellationTokenRegistration _stopping;

    public async ValueTask<AcquireResult> Await(Guid ticket, TimeSpan maxWait, CancellationToken cancellationToken) =>
        Sealed(await Wait(ticket, maxWait, cancellationToken));

    /// <summary>What leaves the pool holds no secret that can be read.</summary>
    private AcquireResult Sealed(AcquireResult result) =>
        result is AcquireResult.Granted { Lease: var lease }
            ? new AcquireResult.Granted(lease with { Credential = _seal.Seal(lease.Credential) })
            : result;

    private async ValueTask<AcquireResult> Wait(Guid ticket, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        var now = Now;
        if (_contact.IsLost)
        {
            return NoGrant;
        }

        if (_pool.Ask(ticket, now) is { } outcome)
        {
            return outcome;
        }

        maxWait = maxWait < ClusterTiming.Poll ? maxWait : ClusterTiming.Poll;
        if (maxWait > TimeSpan.Zero && !_lifetime.ApplicationStopping.IsCancellationRequested)
        {
            var waiter = _waiters.GetOrAdd(ticket, static _ => new Waiter());
            waiter.Until = now + maxWait < waiter.Until ? now + maxWait : waiter.Until;
            _nextRelease = waiter.Until < _nextRelease ? waiter.Until : _nextRelease;
            ArmWake(now);
            using (cancellationToken.UnsafeRegister(static waiter => ((Waiter)waiter!).Release(), waiter))
            {
                // With its own limit: the grain's timers stop when its deactivation begins, and that waits for this call to end.
                await waiter
                    .Released.WaitAsync(maxWait + OwnMoment, _time, CancellationToken.None)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            _waiters.TryRemove(new(ticket, waiter));
        }

        return _contact.IsLost
            ? NoGrant
            : _pool.Ask(ticket, Now) ?? new AcquireResult.Queued(ticket, Math.Max(1, _pool.PositionOf(ticket)));
    }

    private void ReleaseCompleted()
    {
        foreach (var ticket in _pool.Completed)
        {
            if (_waiters.TryGetValue(ticket.Id, out var waiter))
            {
                waiter.Release();
            }
        }

        _pool.Completed.Clear();
    }

    private void ReleaseDue(DateTimeOffset now)
    {
        if (now < _nextRelease)
        {
            return;
        }

        _nextRelease = DateTimeOffset.MaxValue;
        foreach (var (_, waiter) in _waiters)
        {
            if (waiter.Until <= now)
            {
                waiter.Release();
            }
            else if (waiter.Until < _nextRelease)
            {
                _nextRelease = waiter.Until;
            }
        }
    }

    private void ReleaseWaiters()
    {
        foreach (var (_, waiter) in _waiters)
        {
            waiter.Release();
        }
    }

    private void ArmWake(DateTimeOffset now)
    {
        var due = _pool.NextWake is { } wake && wake < _nextRelease ? wake : _nextRelease;
        if (due < _armed)
        {
            _armed = due;

            // Timers fire on whole milliseconds, and a timer that fires early would find nothing to do.
            var wait = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((due - now).TotalMilliseconds)));
            _wake.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Callers that wait for one ticket.</summary>
    private sealed class Waiter
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DateTimeOffset Until { get; set; } = DateTimeOffset.MaxValue;

        public Task Released => _released.Task;

        public void Release() => _released.TrySetResult();
    }
}
