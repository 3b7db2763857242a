using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Conversations.Pending;

/// <summary>
/// Keeps one part of the index with group commit: the first entry is written at once, those that come while a write runs, or soon after it, share the
/// next. A write that fails, or whose outcome is unknown, fails its callers and ends the activation; the next one reads what is stored.
/// </summary>
[GrainType("pending-turns")]
internal sealed partial class PendingTurnsGrain : Grain, IPendingTurnsGrain
{
    private const int LooksAtOnce = 16;

    // A long record takes long to write: the share of the time spent on it stays at one part in this many.
    private const int IdleShare = 20;

    // Turns wait for it: half of it on average while the index is busy.
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private readonly IPersistentState<PendingTurnsState> _storage;
    private readonly TimeProvider _time;
    private readonly TimeSpan _age;
    private readonly ILogger _logger;

    private PendingIndex _index = new([]);
    private TaskCompletionSource _batch = NewBatch();
    private Task _sweep = Task.CompletedTask;
    private Exception? _failure;
    private bool _committing;
    private bool _changed;

    public PendingTurnsGrain(
        [PersistentState("pending-turns")] IPersistentState<PendingTurnsState> storage,
        TimeProvider time,
        IOptions<ConversationOptions> options,
        ILogger<PendingTurnsGrain> logger
    )
    {
        _storage = storage;
        _time = time;
        _age = options.Value.SweepInterval;
        _logger = logger;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _index = new PendingIndex(_storage.State.Conversations);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask Add(string conversation) => Enter(conversation, Guid.Empty);

    /// <inheritdoc/>
    public ValueTask Enter(string conversation, Guid turn)
    {
        if (_failure is not null)
        {
            return ValueTask.FromException(_failure);
        }

        return _index.Add(conversation, _time.GetUtcNow(), turn).IsDurable ? ValueTask.CompletedTask : new ValueTask(Commit());
    }

    /// <inheritdoc/>
    public ValueTask Leave(string conversation, Guid turn)
    {
        _index.Leave(conversation, turn);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask Sweep()
    {
        if (_sweep.IsCompleted && _failure is null)
        {
            _changed |= _index.HasAnyLeft;
            if (_index.Due(_time.GetUtcNow() - _age) is var due && (_changed || due.Count > 0))
            {
                _sweep = SweepAsync(due);
            }
        }

        return ValueTask.CompletedTask;
    }

    private async Task SweepAsync(List<PendingLook> due)
    {
        foreach (var looks in due.Chunk(LooksAtOnce))
        {
            await Task.WhenAll(looks.Select(LookAsync));
        }

        if (_changed && _failure is null)
        {
            // A failure has been logged, and what was to be dropped is looked at again by the next activation.
            await Commit().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task LookAsync(PendingLook look)
    {
        try
        {
            if (await GrainFactory.GetGrain<IConversationGrain>(look.Conversation).FinishPending() && _index.Remove(look))
            {
                _changed = true;
            }
        }
        catch (Exception exception)
        {
            LogLookFailed(exception);
        }
    }

    // Completes when what the index holds now is durable.
    private Task Commit()
    {
        // A commit that begins now takes this batch at once and leaves a new one for later callers.
        var batch = _batch.Task;
        _changed = true;
        if (!_committing)
        {
            _committing = true;
            _ = CommitAsync();
        }

        return batch;
    }

    private async Task CommitAsync()
    {
        var batch = _batch;
        try
        {
            while (_changed)
            {
                (batch, _batch, _changed) = (_batch, NewBatch(), false);
                var started = _time.GetTimestamp();
                var (stored, entries) = _index.Snapshot();
                _storage.State = new PendingTurnsState { Conversations = stored };
                await _storage.WriteStateAsync();
                entries.ForEach(static entry => entry.IsDurable = true);
                batch.SetResult();
                await Task.Delay(CommitPause.After(_time.GetElapsedTime(started), LeastPause, LongestPause, IdleShare), _time);
            }

            _committing = false;
        }
        catch (Exception exception)
        {
            LogCommitFailed(exception, this.GetPrimaryKeyLong());
            _failure = exception;
            batch.TrySetException(exception);
            _batch.TrySetException(exception);
            DeactivateOnIdle();
        }
    }

    private static TaskCompletionSource NewBatch() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(
        EventId = 3101,
        Level = LogLevel.Error,
        Message = "Part {Shard} of the index of unfinished turns could not be written; turns that wait for it are not begun"
    )]
    private partial void LogCommitFailed(Exception exception, long shard);

    [LoggerMessage(
        EventId = 3102,
        Level = LogLevel.Warning,
        Message = "A conversation could not be asked for unfinished turns; asking again"
    )]
    private partial void LogLookFailed(Exception exception);
}
