using System.Collections.Immutable;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.Options;

namespace FlowGpt.Silo.Storage;

/// <summary>How long the records of a state are kept after their last write; those of other states are kept until their grain removes them.</summary>
internal static class RecordLifetimes
{
    public const string Conversation = "conversation";
    public const string Ledger = "ledger";

    /// <summary>The states whose records end.</summary>
    public static ImmutableArray<string> States { get; } = [Conversation, Ledger];

    /// <summary>The time that a state's records are kept; null for ever.</summary>
    public static TimeSpan? Of(string state, IServiceProvider services)
    {
        var lifetime = state switch
        {
            Conversation => services.GetRequiredService<IOptions<ConversationOptions>>().Value.Retention,
            Ledger => services.GetRequiredService<IOptions<UsageOptions>>().Value.LedgerRetention,
            _ => TimeSpan.Zero,
        };
        return lifetime == TimeSpan.Zero ? null : lifetime;
    }
}
