namespace FlowGpt.Grains.Commits;

/// <summary>
/// Group commit of one grain's record: callers that come while a write runs, or in the pause after it, share the next write and are answered when it is
/// durable. A write that fails, or whose outcome is unknown, fails its callers and all later ones: the grain must end then, and its next activation reads
/// what is stored. Used on the grain's scheduler.
/// </summary>
/// <param name="pace">When writes begin.</param>
/// <param name="write">Writes what the grain holds at the moment of its call.</param>
/// <param name="failed">Called once, with what the write threw.</param>
/// <param name="time">The clock of the pauses.</param>
internal sealed class GroupCommit(CommitPace pace, Func<Task> write, Action<Exception> failed, TimeProvider time)
{
    private TaskCompletionSource _batch = NewBatch();
    private bool _isAwaited;
    private bool _isWriting;
    private bool _isRunning;

    /// <summary>What the write threw; null while none has.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether a caller waits for a write, which may run already.</summary>
    public bool IsAwaited => _isAwaited || _isWriting;

    /// <summary>Completes when what the grain holds now is durable.</summary>
    public Task CommitAsync()
    {
        if (Failure is not null)
        {
            return Task.FromException(Failure);
        }

        // A run that begins now may take this batch at once and leave a new batch for later callers.
        var batch = _batch.Task;
        _isAwaited = true;
        if (!_isRunning)
        {
            _isRunning = true;
            _ = RunAsync();
        }

        return batch;
    }

    private async Task RunAsync()
    {
        var batch = _batch;
        try
        {
            if (pace.GathersFirst)
            {
                await Task.Delay(pace.Least, time);
            }

            while (_isAwaited)
            {
                (batch, _batch, _isAwaited, _isWriting) = (_batch, NewBatch(), false, true);
                var started = time.GetTimestamp();
                await write();
                _isWriting = false;
                batch.SetResult();
                await Task.Delay(pace.After(time.GetElapsedTime(started)), time);
            }

            _isRunning = false;
        }
        catch (Exception exception)
        {
            Failure = exception;
            failed(exception);
            batch.TrySetException(exception);
            _batch.TrySetException(exception);
        }
    }

    private static TaskCompletionSource NewBatch() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
