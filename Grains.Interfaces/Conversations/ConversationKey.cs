namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>
/// Grain keys of conversations. A key starts with the client key's id, so one client can never address another's
/// conversation, and never holds a secret.
/// </summary>
public static class ConversationKey
{
    /// <summary>Longest conversation id that a client may choose.</summary>
    public const int MaxIdLength = 64;

    /// <summary>The key of a conversation that a client named.</summary>
    public static string Stored(string clientKeyId, string conversationId) => $"{clientKeyId}/c/{conversationId}";

    /// <summary>The key of a one-turn conversation that is not stored; <paramref name="unique"/> is part of the response id.</summary>
    public static string OneShot(string clientKeyId, string unique) => $"{clientKeyId}/r/{unique}";

    /// <summary>Whether a key is that of a stored conversation. Ids of client keys hold no slash.</summary>
    public static bool IsStored(ReadOnlySpan<char> key)
    {
        var slash = key.IndexOf('/');
        return slash >= 0 && key[(slash + 1)..].StartsWith("c/");
    }

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
