using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Conversations.Quota;

/// <summary>One conversation's share of what is stored for its client key. Used on the conversation's scheduler.</summary>
/// <param name="sum">The sum of the client key; null for a client without such a limit, for which nothing is counted.</param>
/// <param name="conversation">The conversation's key.</param>
/// <param name="retention">How long records last after their last write.</param>
/// <param name="time">The clock.</param>
internal sealed class StorageShare(IStoredBytesGrain? sum, string conversation, TimeSpan retention, TimeProvider time)
{
    // A sum that does not answer must not hold a turn: a start is given up by its caller after 5 s.
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(1);

    // What the sum has of this conversation.
    private StoredBytes _told;

    // Ends with the latest change: each replaces what the one before has told.
    private Task _latest = Task.CompletedTask;

    /// <summary>What the conversation's record says that was counted.</summary>
    public void Load(StoredBytes counted) => _told = counted;

    /// <summary>Counts what is going to be stored. Null when it fits, else the limit. Throws when the sum cannot be asked; the next change makes up for it.</summary>
    public Task<long?> TakeAsync(long bytes) => ReplaceAsync(bytes, mustFit: true);

    /// <summary>Counts what is stored. Returns what is counted now, which is what was before when the sum could not be told; the next change makes up for it.</summary>
    public async Task<StoredBytes> TellAsync(long bytes)
    {
        try
        {
            await ReplaceAsync(bytes, mustFit: false);
        }
#pragma warning disable CA1031 // Whatever the call throws: what is stored stays stored, and the sum has logged its own failure.
        catch (Exception) { }
#pragma warning restore CA1031
        return _told;
    }

    private Task<long?> ReplaceAsync(long bytes, bool mustFit)
    {
        var replacing = ReplaceAfterAsync(_latest, bytes, mustFit);
        _latest = replacing;
        return replacing;
    }

    private async Task<long?> ReplaceAfterAsync(Task earlier, long bytes, bool mustFit)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var after = new StoredBytes(bytes, Until());
        if (
            sum is null
            || after == _told
            || await sum.Replace(_told, after, mustFit).AsTask().WaitAsync(AnswersWithin, time) is not { } limit
        )
        {
            _told = after;
            return null;
        }

        return limit;
    }

    /// <summary>
    /// Holds room for the running reply, beyond what is counted. Null when it fits, else the limit. It is not counted: the conversation's record would not say so, and after a crash nobody would
    /// give it back.
    /// </summary>
    public async Task<long?> HoldAsync(long bytes) =>
        sum is null ? null : await sum.Hold(conversation, bytes).AsTask().WaitAsync(AnswersWithin, time);

    /// <summary>Gives back what is held. Never throws: a hold that is left ends by itself.</summary>
    public async Task EndHoldAsync()
    {
        try
        {
            await HoldAsync(0);
        }
#pragma warning disable CA1031 // Whatever the call throws.
        catch (Exception) { }
#pragma warning restore CA1031
    }

    /// <summary>Nothing of the conversation is stored any more.</summary>
    public Task ReleaseAsync() => TellAsync(0);

    private int Until() =>
        retention == TimeSpan.Zero ? int.MaxValue : DateOnly.FromDateTime((time.GetUtcNow() + retention).UtcDateTime).DayNumber + 1;
}
