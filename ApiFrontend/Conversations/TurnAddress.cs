using System.Security.Cryptography;
using System.Text;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.ApiFrontend.Conversations;

/// <summary>Where a turn runs and what its response is called.</summary>
/// <param name="GrainKey">Key of the conversation grain.</param>
/// <param name="ResponseId">The id to ask for; the grain may answer with that of the turn it joined.</param>
internal readonly record struct TurnAddress(string GrainKey, string ResponseId)
{
    /// <summary>
    /// A turn on its own gets a fresh grain each time. A stored one belongs to its conversation, and one with an idempotency
    /// key to a grain that every retry finds; those keys are the same each time.
    /// </summary>
    /// <param name="plan">The turn.</param>
    /// <param name="unique">32 hex digits that were never used before.</param>
    public static TurnAddress Of(TurnPlan plan, string unique)
    {
        var grainKey =
            plan.ConversationId is { } conversation ? ConversationKey.Stored(plan.ClientKeyId, conversation)
            : plan.IdempotencyKey is { } key ? ConversationKey.OneShot(plan.ClientKeyId, IdempotentPart(key))
            : ConversationKey.OneShot(plan.ClientKeyId, unique);
        return new TurnAddress(grainKey, plan.ResponseIdPrefix + unique);
    }

    /// <summary>The key itself may hold anything, and grain keys are no place for what a client sent.</summary>
    private static string IdempotentPart(string key) =>
        "i-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));
}
