using System.Threading.Tasks.Sources;

namespace FlowGpt.ApiFrontend.Calls;

/// <summary>
/// Waits for the answer to an idempotent call or for the report that a silo was lost, whichever comes first. One call at a time; used again for the next
/// call, it allocates nothing while no silo is lost.
/// </summary>
/// <typeparam name="T">The answer.</typeparam>
internal sealed class PendingAnswer<T> : IValueTaskSource<T?>
    where T : class
{
    private readonly Action _onAnswer;
    private ManualResetValueTaskSourceCore<T?> _source;
    private ValueTask<T> _call;
    private CancellationTokenRegistration _registration;
    private TaskCompletionSource<T>? _late;
    private int _isOver;

    public PendingAnswer() => _onAnswer = OnAnswer;

    /// <summary>
    /// Whether another call may be waited for: not once an answer was given up.
    /// </summary>
    public bool IsFree { get; private set; } = true;

    /// <summary>The answer to a call that was given up, should it come yet. Its failure need not be observed.</summary>
    public Task<T> Late => _late?.Task ?? throw new InvalidOperationException("No call was given up.");

    /// <summary>The answer; null when a silo was lost before it came. The call's failure is thrown.</summary>
    /// <param name="call">Just made; awaited nowhere else.</param>
    /// <param name="loss">Taken before the call was made.</param>
    public ValueTask<T?> AnswerOrLoss(ValueTask<T> call, CancellationToken loss)
    {
        if (call.IsCompleted || !loss.CanBeCanceled)
        {
            return call!;
        }

        _source.Reset();
        _call = call;
        IsFree = false;
        Volatile.Write(ref _isOver, 0);
        _registration = loss.UnsafeRegister(static pending => ((PendingAnswer<T>)pending!).OnLoss(), this);
        var token = _source.Version;
        call.GetAwaiter().UnsafeOnCompleted(_onAnswer);
        return new ValueTask<T?>(this, token);
    }

    T? IValueTaskSource<T?>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T?>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<T?>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, flags);

    private void OnLoss()
    {
        _late = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            // Many requests may wait: their continuations must not run on the thread that reports the loss.
            _source.RunContinuationsAsynchronously = true;
            _source.SetResult(null);
        }
    }

    private void OnAnswer()
    {
        // No word of a loss can come to this object any more, or it is not used again.
        IsFree = _registration.Unregister();
        var given = Interlocked.Exchange(ref _isOver, 1) == 0;
        T? answer = null;
        Exception? failure = null;
        try
        {
            answer = _call.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        if (given)
        {
            Give(answer, failure);
        }
        else
        {
            GiveLate(answer, failure);
        }
    }

    private void Give(T? answer, Exception? failure)
    {
        if (failure is null)
        {
            _source.SetResult(answer);
        }
        else
        {
            _source.SetException(failure);
        }
    }

    private void GiveLate(T? answer, Exception? failure)
    {
        if (failure is null)
        {
            _late!.SetResult(answer!);
            return;
        }

        _late!.SetException(failure);
        _ = _late.Task.Exception;
    }
}
