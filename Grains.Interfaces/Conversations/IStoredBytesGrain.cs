using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>
/// How many bytes of conversations and responses are stored for one client key, and how many may be. Key: the client key's id. What was counted survives a crash; a crash
/// leaves at most one block more counted than is stored, never less.
/// </summary>
[Alias("flowgpt.IStoredBytesGrain")]
public interface IStoredBytesGrain : IGrainWithStringKey
{
    /// <summary>Counts what a conversation stores now in the place of what was counted for it before. Interleaves.</summary>
    /// <param name="before">What was counted for it; zero bytes for a new one.</param>
    /// <param name="after">What it stores now.</param>
    /// <param name="mustFit">Whether nothing is to be counted when that would pass the limit; false for what is stored already.</param>
    /// <returns>Null when it was counted; else the limit that it would have passed.</returns>
    [Alias("replace"), AlwaysInterleave]
    ValueTask<long?> Replace(StoredBytes before, StoredBytes after, bool mustFit);

    /// <summary>
    /// Holds room for what a conversation's running reply may come to store, beyond what is counted for the conversation. Not stored: a hold ends when it is set to zero, an hour after it
    /// was set last, and with this grain's silo. Interleaves.
    /// </summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="bytes">The whole room that it holds from now on; zero for none.</param>
    /// <returns>Null when it is held; else the limit that it would have passed.</returns>
    [Alias("hold"), AlwaysInterleave]
    ValueTask<long?> Hold(string conversation, long bytes);

    /// <summary>The sum and its limit. Interleaves.</summary>
    [Alias("get"), AlwaysInterleave]
    ValueTask<StoredBytesUse> Get();
}

/// <summary>What a conversation stores.</summary>
/// <param name="Bytes">Bytes of its records, those of its kept responses included; about, as names of members are estimated.</param>
/// <param name="Until">The number of the day on which its records have ended; <see cref="int.MaxValue"/> for never.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.StoredBytes")]
public readonly record struct StoredBytes([property: Id(0)] long Bytes, [property: Id(1)] int Until);

/// <summary>What is stored for a client key.</summary>
/// <param name="Bytes">The sum of its conversations.</param>
/// <param name="Limit">The most; null for no limit.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.StoredBytesUse")]
public readonly record struct StoredBytesUse([property: Id(0)] long Bytes, [property: Id(1)] long? Limit);
