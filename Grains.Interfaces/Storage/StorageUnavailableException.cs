namespace FlowGpt.Grains.Interfaces.Storage;

/// <summary>
/// A record could not be read or written. Replaces the storage's own exception, whose type a process that is only a client need not
/// know; the silo has logged that exception. The failure may be temporary: the call may be repeated if it is idempotent.
/// </summary>
[GenerateSerializer, Alias("flowgpt.StorageUnavailableException")]
public sealed class StorageUnavailableException : OrleansException
{
    public StorageUnavailableException()
        : base("The storage is not available.") { }

    public StorageUnavailableException(string message)
        : base(message) { }

    public StorageUnavailableException(string message, Exception innerException)
        : base(message, innerException) { }
}
