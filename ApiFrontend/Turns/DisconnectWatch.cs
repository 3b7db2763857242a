namespace FlowGpt.ApiFrontend.Turns;

/// <summary>
/// Notifies a response that its client has disconnected: at once, which also ends a pending read where the response is cancelled at once, and
/// on disposal when it was left before its end.
/// </summary>
internal sealed class DisconnectWatch : IAsyncDisposable
{
    private static readonly TimeSpan CancelWithin = TimeSpan.FromSeconds(5);

    private readonly TurnFollower _follower;
    private readonly TimeProvider _time;
    private readonly CancellationTokenRegistration _registration;
    private readonly bool _enabled;
    private Task _leaving = Task.CompletedTask;

    /// <summary>Watches from now on; for a client that is already gone the response is notified at once.</summary>
    /// <param name="follower">The response, started.</param>
    /// <param name="enabled">False for a response that may outlive this request.</param>
    /// <param name="time">For the time limit of the last cancellation.</param>
    /// <param name="aborted">The client's connection.</param>
    public DisconnectWatch(TurnFollower follower, bool enabled, TimeProvider time, CancellationToken aborted)
    {
        _follower = follower;
        _time = time;
        _enabled = enabled;
        if (enabled)
        {
            _registration = aborted.UnsafeRegister(static state => ((DisconnectWatch)state!).Leave(), this);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync();
        if (_follower.HasEnded || !_enabled)
        {
            return;
        }

        // Again, since a restart in between has given the response another id; cancelling is idempotent.
        try
        {
            await Task.WhenAll(_leaving, _follower.LeaveAsync()).WaitAsync(CancelWithin, _time);
        }
        catch (TimeoutException)
        {
            // Best effort: an unreachable silo has taken the response with it.
        }
    }

    private void Leave() => _leaving = _follower.LeaveAsync();
}
