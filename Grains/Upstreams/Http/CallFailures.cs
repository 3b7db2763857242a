using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>Says what an exception of a call's connection means.</summary>
internal static class CallFailures
{
    /// <summary>Whether an exception says that the connection failed or that the call was cancelled.</summary>
    public static bool IsOfConnection(Exception failure) =>
        failure is OperationCanceledException or IOException or HttpRequestException or InvalidDataException;

    /// <summary>The time limit that passed, else <paramref name="otherwise"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static UpstreamFailure Classify(
        Exception failure,
        UpstreamFailure otherwise,
        ReplyDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The caller cancelled.", failure, cancellationToken);
        }

        return deadline.Expired is { } reason ? UpstreamFailures.Timeout(reason) : otherwise;
    }
}
