using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Chat;

namespace FlowGpt.Grains.Conversations;

/// <summary>Fits a stored conversation into a model's window, so that a long conversation goes on instead of ending with an error.</summary>
public static class ContextFit
{
    /// <summary>
    /// Leaves out the oldest messages after the leading system messages until the prompt has at most <paramref name="maxTokens"/>.
    /// The last message always stays; the caller refuses a context that is too long even so.
    /// </summary>
    /// <param name="context">The whole context.</param>
    /// <param name="promptTokens">Its tokens.</param>
    /// <param name="maxTokens">Most tokens allowed.</param>
    /// <param name="count">Tokens of one message with its framing.</param>
    /// <returns>The context to send and its tokens.</returns>
    public static (ImmutableArray<ChatMessage> Context, int PromptTokens) DropOldest(
        ImmutableArray<ChatMessage> context,
        int promptTokens,
        int maxTokens,
        Func<ChatMessage, int> count
    )
    {
        var first = 0;
        while (first < context.Length - 1 && context[first].Role == ChatRole.System)
        {
            first++;
        }

        var drop = 0;
        while (promptTokens > maxTokens && first + drop < context.Length - 1)
        {
            promptTokens -= count(context[first + drop++]);
        }

        return drop == 0 ? (context, promptTokens) : (context.RemoveRange(first, drop), promptTokens);
    }
}
