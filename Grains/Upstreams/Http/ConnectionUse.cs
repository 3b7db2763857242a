namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>
/// Measures how long the connection of a request was unused before the request. An idle connection may be closed without notice, and only a request that
/// uses such a connection may be sent again.
/// </summary>
internal sealed class ConnectionUse
{
    private static readonly AsyncLocal<ConnectionUse?> Current = new();

    /// <summary>How long the connection was unused; null while no connection took the request.</summary>
    public TimeSpan? UnusedFor { get; private set; }

    /// <summary>Begins to watch the request that the calling asynchronous method sends next.</summary>
    public static ConnectionUse Begin()
    {
        var use = new ConnectionUse();
        Current.Value = use;
        return use;
    }

    /// <summary>A connection that was unused for this long takes bytes of the request under way.</summary>
    internal static void Note(TimeSpan unusedFor)
    {
        if (Current.Value is { } use)
        {
            use.UnusedFor ??= unusedFor;
        }
    }
}
