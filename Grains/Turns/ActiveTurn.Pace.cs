namespace FlowGpt.Grains.Turns;

/// <summary>How far a turn's log may be ahead of its readers.</summary>
internal sealed partial class ActiveTurn
{
    private TaskCompletionSource? _caughtUp;
    private int _readTo;
    private volatile bool _isHeld;

    /// <summary>Whether the reply is not read from the upstream because its readers are too far behind.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>
    /// Completes when the reader that has come furthest has taken all but so many bytes of the log, or when the turn must stop; never throws. The time of the wait is no
    /// silence of the upstream. One wait at a time.
    /// </summary>
    public ValueTask WaitForReaders(int mostBytes) => IsAhead(mostBytes) ? new(HoldAsync(mostBytes)) : default;

    private bool IsAhead(int mostBytes) => Log.SizeFrom(Volatile.Read(ref _readTo)) > mostBytes;

    private async Task HoldAsync(int mostBytes)
    {
        _isHeld = true;
        while (IsAhead(mostBytes) && !_stop.IsCancellationRequested)
        {
            // Continuations must not run inside a read: they would read the upstream on the reader's time.
            var caughtUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _caughtUp, caughtUp);
            // A read between the two checks woke no one.
            if (IsAhead(mostBytes))
            {
                await caughtUp
                    .Task.WaitAsync(_stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }

        Volatile.Write(ref _caughtUp, null);
        Volatile.Write(ref _lastEvent, _time.GetTimestamp());
        _isHeld = false;
    }

    /// <summary>A reader asks for what comes from this sequence on: all before it is taken.</summary>
    private void Took(int sequence)
    {
        for (var known = Volatile.Read(ref _readTo); sequence > known; )
        {
            var before = Interlocked.CompareExchange(ref _readTo, sequence, known);
            if (before == known)
            {
                // The exchange before is a full fence: a writer that has just begun to wait either sees the new number or is found here.
                Volatile.Read(ref _caughtUp)?.TrySetResult();
                return;
            }

            known = before;
        }
    }
}
