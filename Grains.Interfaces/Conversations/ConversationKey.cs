namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>
/// Grain keys of conversations and of hosts of turns. The key of what a client can name starts with the client key's id, so one client can never
/// address another's conversation; none holds a secret.
/// </summary>
public static class ConversationKey
{
    /// <summary>Longest conversation id that a client may choose.</summary>
    public const int MaxIdLength = 64;

    /// <summary>The key of a conversation that a client named.</summary>
    public static string Stored(string clientKeyId, string conversationId) => $"{clientKeyId}/c/{conversationId}";

    /// <summary>The id of the client key that a stored conversation belongs to.</summary>
    public static string ClientOf(string storedKey)
    {
        ArgumentNullException.ThrowIfNull(storedKey);
        return storedKey[..storedKey.LastIndexOf("/c/", StringComparison.Ordinal)];
    }

    /// <summary>The key of the host of a turn that is not stored and that repetitions of its request find; <paramref name="hash"/> is that of what they have in common.</summary>
    public static string Idempotent(string clientKeyId, string hash) => $"{clientKeyId}/i/{hash}";

    /// <summary>The key of a host of turns of any client; <paramref name="unique"/> was never used before.</summary>
    public static string Host(string unique) => $"/h/{unique}";

    /// <summary>Whether a client may use this conversation id: 1 to 64 of letters, digits, <c>-</c>, <c>_</c> and <c>.</c></summary>
    public static bool IsValidId(ReadOnlySpan<char> id)
    {
        if (id.Length is 0 or > MaxIdLength)
        {
            return false;
        }

        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
