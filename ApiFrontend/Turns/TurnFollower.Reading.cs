using System.Runtime.CompilerServices;
using FlowGpt.ApiFrontend.Calls;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>One read of the response, through failures and lost silos.</summary>
internal sealed partial class TurnFollower
{
    /// <summary>How much later than a repeated read's the answer to an earlier one may come that had got the end.</summary>
    private static readonly TimeSpan OvertakenWithin = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// So often a turn of this process is read through its grain all the same: an activation that nobody calls is collected after 10 minutes, and its turns with it.
    /// </summary>
    private static readonly TimeSpan GrainCalledEvery = TimeSpan.FromMinutes(1);

    private PendingAnswer<ResponseSlice>? _pendingRead;
    private long _grainCalledAt;

    /// <summary>Reads on; null when nobody has answered for as long as a response may be silent before it is taken for lost.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ResponseSlice?> ReadAsync(TimeSpan maxWait)
    {
        if (_local is { } local && _time.GetElapsedTime(_grainCalledAt) < GrainCalledEvery)
        {
            return await local.Read(_nextSequence, maxWait, CancellationToken.None);
        }

        _grainCalledAt = _time.GetTimestamp();

        var asked = _time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (_pendingRead is not { IsFree: true })
                {
                    _pendingRead = new PendingAnswer<ResponseSlice>();
                }

                var loss = _limits.Losses.Next;
                if (await _pendingRead.AnswerOrLoss(Read(maxWait), loss) is { } slice)
                {
                    return slice;
                }
            }
            catch (Exception exception) when (TransientFailures.IsOfACall(exception))
            {
                LogRetry(exception, nameof(ITurnGrain.Read), ResponseId, attempt);
                if (_time.GetElapsedTime(asked) >= _limits.LostAfter)
                {
                    return null;
                }

                await TransientFailures.DelayAsync(_time, _aborted);
                continue;
            }

            return await ReadAgainAsync(maxWait, asked, _pendingRead.Late);
        }
    }

    // No token: cancelling the response ends a pending read, and costs nothing while all is well.
    private ValueTask<ResponseSlice> Read(TimeSpan maxWait) => _grain!.Read(ResponseId, _nextSequence, maxWait, CancellationToken.None);

    /// <summary>
    /// Reads again since a silo was lost, perhaps that of the response or one that the answer would have come through. What was asked before is listened to
    /// all the same: an unstored response tells its end only once, and may just have done so.
    /// </summary>
    private async Task<ResponseSlice?> ReadAgainAsync(TimeSpan maxWait, long asked, Task<ResponseSlice> earlier)
    {
        var earlierAnswer = new TaskCompletionSource<ResponseSlice>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = ListenAsync(earlier, earlierAnswer);
        LogAskAgain(nameof(ITurnGrain.Read), ResponseId);
        for (var attempt = 1; ; attempt++)
        {
            var loss = _limits.Losses.Next;
            var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = loss.UnsafeRegister(static lost => ((TaskCompletionSource)lost!).TrySetResult(), lost);
            var read = Read(maxWait).AsTask();
            await Task.WhenAny(read, earlierAnswer.Task, lost.Task);
            if (earlierAnswer.Task.IsCompleted || !read.IsCompleted)
            {
                _ = ListenAsync(read, earlierAnswer);
                if (earlierAnswer.Task.IsCompleted)
                {
                    return await earlierAnswer.Task;
                }

                LogAskAgain(nameof(ITurnGrain.Read), ResponseId);
                continue;
            }

            try
            {
                var slice = await read;
                if (IsLost(slice) && await AnswersAsync(earlierAnswer.Task, OvertakenWithin))
                {
                    return await earlierAnswer.Task;
                }

                return slice;
            }
            catch (Exception exception) when (TransientFailures.IsOfACall(exception))
            {
                LogRetry(exception, nameof(ITurnGrain.Read), ResponseId, attempt);
            }

            if (_time.GetElapsedTime(asked) >= _limits.LostAfter)
            {
                return null;
            }

            await TransientFailures.DelayAsync(_time, _aborted);
        }
    }

    /// <summary>Has the answer take the place of later ones, unless it says that the response is lost.</summary>
    private async Task ListenAsync(Task<ResponseSlice> read, TaskCompletionSource<ResponseSlice> answer)
    {
        try
        {
            if (await read is var slice && !IsLost(slice))
            {
                answer.TrySetResult(slice);
            }
        }
        catch (Exception exception)
        {
            LogRetry(exception, nameof(ITurnGrain.Read), ResponseId, attempt: 0);
        }
    }

    private async Task<bool> AnswersAsync(Task answer, TimeSpan within)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(_aborted);
        var longestWait = Task.Delay(within, _time, enough.Token);
        await Task.WhenAny(answer, longestWait);
        await enough.CancelAsync();
        return answer.IsCompleted;
    }
}
