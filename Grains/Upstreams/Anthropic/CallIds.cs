namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Makes ids of calls that this provider takes. The same for a call and its result. Pure.</summary>
internal static class CallIds
{
    /// <param name="id">The id that another provider or a client gave; empty in the old form of functions.</param>
    /// <param name="name">The tool.</param>
    public static string Clean(string id, string? name)
    {
        var text = id.Length > 0 ? id : "call_" + name;
        return text.All(IsAllowed) ? text : string.Concat(text.Select(static letter => IsAllowed(letter) ? letter : '_'));
    }

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';
}
