using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>
/// The time limits of one call: a total, and one for the wait that is under way. Cancels <see cref="Token"/> at the first that passes, and when the
/// caller cancels. All waits share a timer: a wait only notes when it must end, and a timer that fires too early for the wait is set again. So a
/// reply of a thousand reads sets it a few times. Thread-safe.
/// </summary>
internal sealed class ReplyDeadline : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;

    // Never disposed: it holds no timer and no handle, and a firing timer may still use it.
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _caller;
    private readonly ITimer _timer;
    private readonly long _totalEnd;
    private long _firesAt;
    private long _waitEnd;
    private bool _waiting;
    private FailureReason _waitReason;

    /// <param name="time">The clock.</param>
    /// <param name="total">For the whole call, from now.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public ReplyDeadline(TimeProvider time, TimeSpan total, CancellationToken cancellationToken)
    {
        _time = time;
        _totalEnd = _firesAt = After(total);
        _caller = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _cancellation);
        _timer = time.CreateTimer(static deadline => ((ReplyDeadline)deadline!).Fire(), this, total, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when a limit passes or the caller cancels.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>Which limit passed; null while none did.</summary>
    public FailureReason? Expired { get; private set; }

    /// <summary>A wait begins; if it lasts longer than this, it fails for this reason.</summary>
    public void Begin(FailureReason reason, TimeSpan limit)
    {
        lock (_lock)
        {
            _waitReason = reason;
            _waitEnd = After(limit);
            StartWaiting();
        }
    }

    /// <summary>The wait is over, or does not count for now.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            _waiting = false;
        }
    }

    /// <summary>The wait that was paused continues; the pause counts as part of it.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            StartWaiting();
        }
    }

    /// <summary>Cancels the call now.</summary>
    public void Cancel() => _cancellation.Cancel();

    public void Dispose()
    {
        _caller.Unregister();
        _timer.Dispose();
    }

    private void StartWaiting()
    {
        _waiting = true;
        if (_waitEnd < _firesAt)
        {
            Arm(_time.GetTimestamp());
        }
    }

    private void Fire()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            Expired ??=
                now >= _totalEnd ? FailureReason.TotalTimeout
                : _waiting && now >= _waitEnd ? _waitReason
                : null;
            if (Expired is null)
            {
                Arm(now);
                return;
            }
        }

        _cancellation.Cancel();
    }

    private void Arm(long now)
    {
        _firesAt = _waiting ? Math.Min(_waitEnd, _totalEnd) : _totalEnd;
        var due = _time.GetElapsedTime(now, _firesAt);
        _timer.Change(due > Soon ? due : Soon, Timeout.InfiniteTimeSpan);
    }

    private long After(TimeSpan delay) => _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
}
