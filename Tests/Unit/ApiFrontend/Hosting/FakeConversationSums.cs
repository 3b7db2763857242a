using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>Says what the test wants to be counted; null for a storage that cannot count.</summary>
internal sealed class FakeConversationSums : IConversationSumsGrain
{
    public ConversationSums? Sums { get; set; }

    public ValueTask<ConversationSums?> Read() => new(Sums);
}
