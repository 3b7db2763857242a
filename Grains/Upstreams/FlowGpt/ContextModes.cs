namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>The names of <see cref="ContextMode"/> in configuration.</summary>
public static class ContextModes
{
    public const string Conversation = "conversation";
    public const string History = "history";

    /// <summary>Every name, for messages.</summary>
    public static IReadOnlyList<string> Names { get; } = [Conversation, History];

    /// <summary>Reads a name, in any case.</summary>
    public static bool TryParse(string? name, out ContextMode mode)
    {
        (var known, mode) = name?.ToLowerInvariant() switch
        {
            Conversation => (true, ContextMode.Conversation),
            History => (true, ContextMode.History),
            _ => (false, default),
        };
        return known;
    }
}
