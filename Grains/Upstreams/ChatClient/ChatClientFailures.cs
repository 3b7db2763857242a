using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.ChatClient;

/// <summary>Classifies what a foreign chat client throws. Pure.</summary>
/// <param name="classify">Asked first.</param>
internal sealed class ChatClientFailures(Func<Exception, UpstreamFailureKind?>? classify)
{
    /// <summary>The classified failure. The exception's own text may quote the upstream, so it stays inside.</summary>
    public UpstreamException From(Exception exception) =>
        exception as UpstreamException ?? new UpstreamException(Classify(exception), exception);

    private UpstreamFailure Classify(Exception exception)
    {
        if (classify?.Invoke(exception) is { } kind)
        {
            return new(kind.Class, kind.Reason, kind.StatusCode, kind.RetryAfter, $"The upstream's client failed: {kind.Reason}.");
        }

        return exception switch
        {
            HttpRequestException { StatusCode: { } status } => UpstreamFailures.FromStatus(
                status,
                isChallenge: false,
                isHtml: false,
                retryAfter: null
            ),
            TimeoutException or OperationCanceledException => UpstreamFailures.Timeout(FailureReason.TotalTimeout),
            HttpRequestException or IOException => UpstreamFailures.BeforeReply(exception),
            NotSupportedException => new(
                FailureClass.Caller,
                FailureReason.InvalidParameter,
                null,
                null,
                "The upstream's client does not support the request."
            ),
            _ => new(FailureClass.Upstream, FailureReason.ServerError, null, null, "The upstream's client failed."),
        };
    }
}
