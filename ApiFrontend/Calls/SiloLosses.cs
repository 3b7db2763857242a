namespace FlowGpt.ApiFrontend.Calls;

/// <summary>
/// Tells whoever waits for an answer that a silo may have gone, and the answer with it: Orleans breaks the calls between silos when one of them dies,
/// but a call of an external client ends only by its own time limit. Thread-safe.
/// </summary>
internal sealed class SiloLosses
{
    /// <summary>For a process whose calls need no telling: one that is a silo itself.</summary>
    public static readonly SiloLosses Never = new(null);

    private CancellationTokenSource? _next;

    public SiloLosses()
        : this(new CancellationTokenSource()) { }

    private SiloLosses(CancellationTokenSource? next) => _next = next;

    /// <summary>Ends at the next loss. Take it before a call is made, so that no loss is missed.</summary>
    public CancellationToken Next => Volatile.Read(ref _next)?.Token ?? CancellationToken.None;

    /// <summary>A silo is gone, or leaves, or cannot be reached.</summary>
    public void Note()
    {
        if (Volatile.Read(ref _next) is not null)
        {
            // Not disposed: a call that was just about to be made may still hold it.
            Interlocked.Exchange(ref _next, new CancellationTokenSource())!.Cancel();
        }
    }
}
