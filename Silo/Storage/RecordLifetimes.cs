using System.Collections.Frozen;
using System.Collections.Immutable;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.Options;

namespace FlowGpt.Silo.Storage;

/// <summary>How long the records of a state are kept after their last write; those of other states are kept until their grain removes them.</summary>
internal static class RecordLifetimes
{
    /// <summary>The lifetime of everything that clients store: conversations and responses.</summary>
    public const string Conversation = "conversation";

    private const string Ledger = "ledger";
    private const string RollUp = "roll-up";

    /// <summary>The lifetimes there are.</summary>
    public static ImmutableArray<string> All { get; } = [Conversation, Ledger, RollUp];

    /// <summary>The lifetime of each state whose records end, by the state's name.</summary>
    public static FrozenDictionary<string, string> ByState { get; } = Assign().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How long the records of a lifetime are kept; null for ever.</summary>
    public static TimeSpan? Of(string lifetime, IServiceProvider services)
    {
        var time = lifetime switch
        {
            Conversation => services.GetRequiredService<IOptions<ConversationOptions>>().Value.Retention,
            Ledger => services.GetRequiredService<IOptions<UsageOptions>>().Value.LedgerRetention,
            RollUp => services.GetRequiredService<IOptions<UsageOptions>>().Value.RollUpRetention,
            _ => TimeSpan.Zero,
        };
        return time == TimeSpan.Zero ? null : time;
    }

    private static Dictionary<string, string> Assign()
    {
        var assigned = new Dictionary<string, string>
        {
            ["conversation"] = Conversation,
            ["conversation-page"] = Conversation,
            ["response"] = Conversation,
            ["response-chunk"] = Conversation,
            ["response-input"] = Conversation,
            ["response-list-page"] = Conversation,
            ["ledger"] = Ledger,
            ["usage-day"] = RollUp,
        };
        for (var hour = 0; hour < 24; hour++)
        {
            assigned.Add($"usage-hour-{hour:00}", RollUp);
        }

        return assigned;
    }
}
