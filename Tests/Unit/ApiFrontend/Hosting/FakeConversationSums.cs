using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>Reports the counts that the test sets; null for a storage that cannot count.</summary>
internal sealed class FakeConversationSums : IConversationSumsGrain
{
    public ConversationSums? Sums { get; set; }

    public ValueTask<ConversationSums?> Read() => new(Sums);
}
