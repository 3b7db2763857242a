namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>
/// What became of the connection of a request. A connection that had served before may have been closed without notice, and only a request that met such a
/// connection, and of whose answer nothing came, may be sent again.
/// </summary>
internal sealed class ConnectionUse
{
    private static readonly AsyncLocal<ConnectionUse?> Current = new();
    private volatile bool _isAnswered;

    private TimeSpan? _unusedFor;
    private bool _isReused;

    /// <summary>Whether the request may have met a connection that was closed before: nothing of an answer came, and the connection had served before, or was unused.</summary>
    /// <param name="leastIdle">How long it was unused at least if it had not served.</param>
    public bool MayBeStale(TimeSpan leastIdle) => !_isAnswered && (_isReused || _unusedFor >= leastIdle);

    /// <summary>Whether nothing of an answer came, and the connection was unused for some time.</summary>
    /// <param name="leastIdle">How long at least.</param>
    public bool WasIdle(TimeSpan leastIdle) => !_isAnswered && _unusedFor >= leastIdle;

    /// <summary>Begins to watch the request that the calling asynchronous method sends next.</summary>
    public static ConnectionUse Begin()
    {
        var use = new ConnectionUse();
        Current.Value = use;
        return use;
    }

    /// <summary>A connection takes bytes of the request under way. The use that is watched; null when none is.</summary>
    /// <param name="unusedFor">How long the connection was unused.</param>
    /// <param name="isReused">Whether it has served before.</param>
    internal static ConnectionUse? Note(TimeSpan unusedFor, bool isReused)
    {
        if (Current.Value is not { } use)
        {
            return null;
        }

        if (use._unusedFor is null)
        {
            (use._unusedFor, use._isReused) = (unusedFor, isReused);
        }

        return use;
    }

    /// <summary>Bytes of an answer came.</summary>
    internal void Answer() => _isAnswered = true;
}
