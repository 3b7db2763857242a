using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Grains.Conversations.Pending;

/// <summary>
/// One of <see cref="Shards"/> parts of a durable index of stored conversations that may hold a turn without an end or usage that is not booked. What a crash
/// leaves in a conversation is found by it, although the conversation is not used again. Key: 0 to <see cref="Shards"/> - 1.
/// </summary>
[Alias("flowgpt.IPendingTurnsGrain")]
internal interface IPendingTurnsGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Parts of the index. Few, because callers of one part share its writes. May be raised, never lowered: entries in parts that are not swept
    /// would be lost.
    /// </summary>
    const int Shards = 4;

    /// <summary>
    /// Enters a conversation; to be called before a turn is written to it. Returns when the entry is durable; idempotent, interleaves. Calls that
    /// come together share a write, and a conversation that is entered already costs none.
    /// </summary>
    [Alias("add"), Orleans.Concurrency.AlwaysInterleave, ResponseTimeout("00:00:03")]
    ValueTask Add(string conversation);

    /// <summary>As <see cref="Add"/>, for a turn that can leave again by itself.</summary>
    /// <param name="conversation">The conversation's grain key.</param>
    /// <param name="turn">Names the turn; never used before.</param>
    [Alias("enter"), Orleans.Concurrency.AlwaysInterleave, ResponseTimeout("00:00:03")]
    ValueTask Enter(string conversation, Guid turn);

    /// <summary>
    /// The turn has an end, and is booked: unless its conversation was entered or added again since, it leaves with the next write. Returns at once; a
    /// call that is lost does no harm, since a sweep finds the conversation clean.
    /// </summary>
    [Alias("leave"), Orleans.Concurrency.AlwaysInterleave, Orleans.Concurrency.OneWay]
    ValueTask Leave(string conversation, Guid turn);

    /// <summary>
    /// Begins to ask every conversation that has been entered for a while, or by a process that is gone, to finish what it can, and drops those that
    /// have nothing left. Returns at once; does nothing while an earlier sweep runs.
    /// </summary>
    [Alias("sweep"), Orleans.Concurrency.AlwaysInterleave]
    ValueTask Sweep();

    /// <summary>The part that a conversation is entered in, unless this part does not answer: then in another part.</summary>
    static long ShardOf(string conversation) => SHA256.HashData(Encoding.UTF8.GetBytes(conversation))[0] % Shards;
}
