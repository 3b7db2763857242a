using System.Security.Cryptography;
using FlowGpt.Grains.Interfaces.Storage;
using Orleans.Runtime.Messaging;

namespace FlowGpt.ApiFrontend.Calls;

/// <summary>Failures of the cluster that pass by themselves: a silo that ends, restarts or is not yet known to be gone, a storage that is away.</summary>
internal static class TransientFailures
{
    /// <summary>Most tries of one idempotent call.</summary>
    public const int MaxAttempts = 4;

    public static bool Is(Exception exception) =>
        exception
            is SiloUnavailableException
                or OrleansMessageRejectionException
                or TimeoutException
                or ClientNotAvailableException
                or GatewayTooBusyException
                or ConnectionFailedException
                or StorageUnavailableException;

    /// <summary>
    /// Those that a call without its own token may end with: the directory of grains cancels what it is asked while a silo's part of it goes to
    /// others.
    /// </summary>
    public static bool IsOfACall(Exception exception) => Is(exception) || exception is OperationCanceledException;

    /// <summary>Waits 50 to 300 ms, so that callers do not all come back at once.</summary>
    public static Task DelayAsync(TimeProvider time, CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(50, 301)), time, cancellationToken);
}
