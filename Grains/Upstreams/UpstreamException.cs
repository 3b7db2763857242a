using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams;

/// <summary>An upstream call failed. <see cref="Failure"/> says what is at fault; the message is safe to show.</summary>
public sealed class UpstreamException : Exception
{
    public UpstreamException(UpstreamFailure failure, Exception? inner = null)
        : base(failure.Message, inner) => Failure = failure;

    /// <summary>The classified failure.</summary>
    public UpstreamFailure Failure { get; }

    /// <summary>
    /// Whether a chat request may have reached the upstream, so that it counts against the account's windows.
    /// True unless the failure is known to have come before it was sent.
    /// </summary>
    public bool MayHaveBeenSent { get; init; } = true;

    /// <summary>What the failed answer says of the account's limits; null when it says nothing.</summary>
    public RateLimitReport? RateLimits { get; init; }
}
