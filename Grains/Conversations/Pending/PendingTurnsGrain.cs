using FlowGpt.Grains.Commits;
using FlowGpt.Grains.Interfaces.Conversations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Conversations.Pending;

/// <summary>
/// Keeps one part of the index with group commit: the first entry is written at once, entries that come while a write runs, or soon after it, share the
/// next. A write that fails, or whose outcome is unknown, fails its callers and ends the activation; the next activation reads what is stored.
/// </summary>
[GrainType("pending-turns")]
internal sealed partial class PendingTurnsGrain : Grain, IPendingTurnsGrain
{
    private const int LooksAtOnce = 16;

    // Turns wait for it: half of the least pause on average while the index is busy.
    private static readonly CommitPace Pace = new(
        Least: TimeSpan.FromMilliseconds(40),
        Longest: TimeSpan.FromMilliseconds(250),
        Share: 20,
        GathersFirst: false
    );

    private readonly IPersistentState<PendingTurnsState> _storage;
    private readonly TimeProvider _time;
    private readonly TimeSpan _age;
    private readonly ILogger _logger;
    private readonly GroupCommit _commit;

    private PendingIndex _index = new([]);
    private Task _sweep = Task.CompletedTask;
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
        _commit = new(Pace, WriteAsync, EndAfter, time);
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
        if (_commit.Failure is { } failure)
        {
            return ValueTask.FromException(failure);
        }

        return _index.Add(conversation, _time.GetUtcNow(), turn).IsDurable ? ValueTask.CompletedTask : new ValueTask(_commit.CommitAsync());
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
        if (_sweep.IsCompleted && _commit.Failure is null)
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

        if (_changed && _commit.Failure is null)
        {
            // A failure has been logged, and what was to be dropped is looked at again by the next activation.
            await _commit
                .CommitAsync()
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
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

    private async Task WriteAsync()
    {
        _changed = false;
        var (stored, entries) = _index.Snapshot();
        _storage.State = new PendingTurnsState { Conversations = stored };
        await _storage.WriteStateAsync();
        entries.ForEach(static entry => entry.IsDurable = true);
    }

    private void EndAfter(Exception exception)
    {
        LogCommitFailed(exception, this.GetPrimaryKeyLong());
        DeactivateOnIdle();
    }

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
