namespace FlowGpt.ApiFrontend.Calls;

/// <summary>
/// Reports to waiting requests that a silo, and with it their answer, may be lost: Orleans ends the calls between silos when one of them dies,
/// but a call of an external client ends only by its own time limit. Thread-safe.
/// </summary>
internal sealed class SiloLosses
{
    /// <summary>Reports no losses: for a process that is a silo itself, whose calls Orleans ends.</summary>
    public static readonly SiloLosses Never = new(null);

    private CancellationTokenSource? _next;

    public SiloLosses()
        : this(new CancellationTokenSource()) { }

    private SiloLosses(CancellationTokenSource? next) => _next = next;

    /// <summary>Cancelled at the next loss. Read the token before the call, so that no loss is missed.</summary>
    public CancellationToken Next => Volatile.Read(ref _next)?.Token ?? CancellationToken.None;

    /// <summary>Reports that a silo is dead, leaves the cluster, or cannot be reached.</summary>
    public void Note()
    {
        if (Volatile.Read(ref _next) is not null)
        {
            // Not disposed: a call that was just about to be made may still hold it.
            Interlocked.Exchange(ref _next, new CancellationTokenSource())!.Cancel();
        }
    }
}
