using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Conversations.Sums;

/// <summary>Counts at most once in half a minute, however many ask. Nothing is stored.</summary>
[GrainType("conversation-sums")]
internal sealed class ConversationSumsGrain(IEnumerable<IConversationRecords> records, TimeProvider time) : Grain, IConversationSumsGrain
{
    private const int MostRecords = 200_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private ConversationSums? _sums;
    private long _read;

    public async ValueTask<ConversationSums?> Read()
    {
        if (records.FirstOrDefault() is not { } all)
        {
            return null;
        }

        if (_sums is null || time.GetElapsedTime(_read) > Fresh)
        {
            var tally = new ConversationTally();
            var isPartial = await all.ReadAsync(MostRecords, tally.Add, CancellationToken.None);
            (_sums, _read) = (new(time.GetUtcNow(), isPartial, tally.Sums()), time.GetTimestamp());
        }

        return _sums;
    }
}
