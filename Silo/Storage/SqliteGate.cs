namespace FlowGpt.Silo.Storage;

/// <summary>
/// Bounds the threads that SQLite blocks. Its calls are synchronous and a durable write waits for the disk; without a bound
/// a burst of writers would take every pool thread and contend for SQLite's single write lock by sleeping. Here they
/// wait without a thread and without a connection, first come first served, and readers run beside the only writer.
/// </summary>
internal sealed class SqliteGate : IDisposable
{
    /// <summary>Statements that may block a thread at once: the readers and the only writer.</summary>
    public const int MaxBlockedThreads = MaxReaders + 1;

    private const int MaxReaders = 6;

    /// <summary>Held from the start of a read until its connection is closed.</summary>
    public SemaphoreSlim Readers { get; } = new(MaxReaders);

    /// <summary>Held from the start of a write until its connection is closed.</summary>
    public SemaphoreSlim Writer { get; } = new(1);

    public void Dispose()
    {
        Readers.Dispose();
        Writer.Dispose();
    }
}
