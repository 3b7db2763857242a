using FlowGpt.Grains.Commits;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Keys;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Conversations.Quota;

/// <summary>Gives the sum of a client key identity and storage; the rules are <see cref="ByteSum"/>'s. Every change is made in one stretch.</summary>
[GrainType("stored-bytes")]
internal sealed partial class StoredBytesGrain : Grain, IStoredBytesGrain
{
    private static readonly CommitPace Pace = new(
        TimeSpan.FromMilliseconds(20),
        TimeSpan.FromMilliseconds(500),
        Share: 4,
        GathersFirst: false
    );
    private static readonly TimeSpan LimitAge = TimeSpan.FromSeconds(10);

    private readonly IPersistentState<StoredBytesRecord> _stored;
    private readonly TimeProvider _time;
    private readonly ILogger<StoredBytesGrain> _logger;
    private readonly long _standard;
    private readonly GroupCommit _commit;

    private readonly ByteHolds _holds = new();
    private ByteSum _sum = new(new());
    private long? _limit;
    private long? _limitRead;

    public StoredBytesGrain(
        [PersistentState("stored-bytes")] IPersistentState<StoredBytesRecord> stored,
        IOptions<StoredBytesOptions> options,
        TimeProvider time,
        ILogger<StoredBytesGrain> logger
    )
    {
        _stored = stored;
        _time = time;
        _logger = logger;
        _standard = options.Value.MaxBytesPerKey;
        _commit = new(Pace, () => WriteAsync(ByteSum.Block), EndAfter, time);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _sum = new(_stored.State);
        return Task.CompletedTask;
    }

    public async ValueTask<long?> Replace(StoredBytes before, StoredBytes after, bool mustFit)
    {
        var limit = mustFit ? await LimitAsync() : null;
        if (_commit.Failure is { } failure)
        {
            throw failure;
        }

        if (!_sum.TryReplace(before, after, limit - _holds.TotalAt(_time.GetUtcNow()), Today))
        {
            return limit;
        }

        if (_sum.IsBeyondRecord || _commit.IsAwaited)
        {
            await _commit.CommitAsync();
        }

        return null;
    }

    public async ValueTask<long?> Hold(string conversation, long bytes)
    {
        var limit = bytes > 0 ? await LimitAsync() : null;
        return _holds.TrySet(conversation, bytes, limit - _sum.TotalOn(Today), _time.GetUtcNow()) ? null : limit;
    }

    public async ValueTask<StoredBytesUse> Get() => new(_sum.TotalOn(Today), await LimitAsync());

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_commit.Failure is null && !_commit.IsAwaited && _sum.DiffersFromRecord)
        {
            await WriteAsync(ahead: 0);
        }
    }

    private int Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).DayNumber;

    private string Key => this.GetPrimaryKeyString();

    private Task WriteAsync(long ahead)
    {
        _stored.State = _sum.Note(ahead);
        return _stored.WriteStateAsync();
    }

    /// <summary>The key's own limit, or the standard limit. Read again when it is 10 s old, since operators change it; where it cannot be read, the old value stays.</summary>
    private async ValueTask<long?> LimitAsync()
    {
        if (_limitRead is { } read && _time.GetElapsedTime(read) < LimitAge)
        {
            return _limit;
        }

        if (!ApiKeyToken.IsId(Key))
        {
            return null;
        }

        var info = await GrainFactory.GetGrain<IApiKeyGrain>(Key).Get();
        var limit = info?.Settings.MaxStoredBytes ?? _standard;
        (_limit, _limitRead) = (limit > 0 ? limit : null, _time.GetTimestamp());
        return _limit;
    }

    private void EndAfter(Exception exception)
    {
        LogWriteFailed(exception, Key);
        DeactivateOnIdle();
    }

    [LoggerMessage(
        EventId = 3013,
        Level = LogLevel.Error,
        Message = "What is stored for key {KeyId} could not be noted; it is read again, and until then its limit does not hold"
    )]
    private partial void LogWriteFailed(Exception exception, string keyId);
}
