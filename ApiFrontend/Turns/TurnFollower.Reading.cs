using System.Runtime.CompilerServices;
using FlowGpt.ApiFrontend.Calls;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>One read of the response, through failures and lost silos.</summary>
internal sealed partial class TurnFollower
{
    /// <summary>How much later than the answer to a repeated read the answer to the earlier read, with the response's end, may come.</summary>
    private static readonly TimeSpan OvertakenWithin = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// So often a turn of this process is read through its grain all the same: an activation without calls is collected after 10 minutes, and its turns with it.
    /// </summary>
    private static readonly TimeSpan GrainCalledEvery = TimeSpan.FromMinutes(1);

    private PendingAnswer<ResponseSlice>? _pendingRead;
    private long _grainCalledAt;

    /// <summary>Reads the next events; null when no answer has come for as long as a response may be silent before it counts as lost.</summary>
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
    /// Reads again since a silo was lost: perhaps the silo of the response, or a silo that the answer would have come through. The earlier read is awaited
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

    /// <summary>Uses the answer in place of later answers, unless it says that the response is lost.</summary>
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
