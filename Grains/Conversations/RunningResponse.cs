using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Writes the records of one response while its turn runs: what has come is written when it is a second old or 4 KiB long. A checkpoint that fails is tried again with the
/// next checkpoint; only the end must succeed. Used on the conversation's scheduler.
/// </summary>
internal sealed partial class RunningResponse(
    ResponseStore store,
    GrainState<ResponseRecord> head,
    ActiveTurn turn,
    TimeProvider time,
    ILogger logger
)
{
    private const int CheckpointBytes = 4096;
    private static readonly TimeSpan CheckpointAge = TimeSpan.FromMilliseconds(750);

    private Task _writing = Task.CompletedTask;
    private int _written;
    private int _writtenBytes;
    private int _chunks;
    private bool _isEnding;

    /// <summary>Writes the head, so that the response is found also after a crash.</summary>
    public static async Task<RunningResponse> AcceptAsync(
        ResponseStore store,
        ActiveTurn turn,
        string? previous,
        TimeProvider time,
        ILogger logger
    )
    {
        var head = new GrainState<ResponseRecord>(
            new ResponseRecord
            {
                ResponseId = turn.Request.ResponseId,
                Route = turn.Request.Route,
                Shape = turn.Request.Keeping!.Shape,
                CreatedAt = turn.AcceptedAt,
                Previous = previous,
                Metadata = turn.Request.Keeping.Metadata,
                PromptTokens = turn.PromptTokens,
                Bytes = StoredSize.OfKept(turn.Request),
            }
        );
        await store.WriteInputAsync(head.State!, turn.Request.Input);
        await store.WriteHeadAsync(head);
        return new(store, head, turn, time, logger);
    }

    /// <summary>Writes checkpoints until the turn's run has ended. Never throws.</summary>
    public async Task CheckpointAsync(Task run)
    {
        while (true)
        {
            await Task.WhenAny(run, turn.WaitForLog(_written, 0));
            if (IsOver(run))
            {
                return;
            }

            using (var early = new CancellationTokenSource())
            {
                await Task.WhenAny(
                    run,
                    turn.WaitForLog(_written, _writtenBytes + CheckpointBytes),
                    Task.Delay(CheckpointAge, time, early.Token)
                );
                await early.CancelAsync();
            }

            if (IsOver(run))
            {
                return;
            }

            try
            {
                _writing = WriteEventsAsync();
                await _writing;
            }
            catch (Exception exception)
            {
                LogNotWritten(exception, turn.Request.ResponseId);
                await Task.WhenAny(run, Task.Delay(CheckpointAge, time));
            }
        }
    }

    private bool IsOver(Task run) => run.IsCompleted || turn.Log.IsClosed || _isEnding;

    /// <summary>Writes the rest and how the response ended. Throws what the storage throws.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="outcome">More of that.</param>
    /// <param name="endItem">See <see cref="ResponseRecord.EndItem"/>.</param>
    public async Task EndAsync(ResponseStatus status, ResponseOutcome outcome, long endItem)
    {
        _isEnding = true;
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (turn.Log.NextSequence > _written)
        {
            await WriteEventsAsync();
        }

        var record = head.State!;
        (record.Status, record.Outcome, record.Chunks, record.EndItem) = (status, outcome, _chunks, endItem);
        record.Bytes += StoredSize.OfEvents(turn.Log);
        await store.WriteHeadAsync(head);
    }

    /// <summary>Removes the records of a turn that did not begin after all. Never throws.</summary>
    public async Task WithdrawAsync()
    {
        try
        {
            await store.RemoveAsync(head);
        }
        catch (Exception exception)
        {
            LogNotWritten(exception, turn.Request.ResponseId);
        }
    }

    private async Task WriteEventsAsync()
    {
        var (to, bytes) = (turn.Log.NextSequence, turn.Log.Bytes.Length);
        await store.WriteChunkAsync(turn.Request.ResponseId, _chunks, turn.Log.From(_written));
        (_written, _writtenBytes) = (to, bytes);
        _chunks++;
    }

    [LoggerMessage(
        EventId = 3012,
        Level = LogLevel.Warning,
        Message = "A part of response {ResponseId} could not be written; the next write tries again"
    )]
    private partial void LogNotWritten(Exception exception, string responseId);
}
