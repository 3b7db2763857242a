using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams;

/// <summary>What a foreign client's exception means.</summary>
/// <param name="Class">What is at fault.</param>
/// <param name="Reason">What happened.</param>
/// <param name="StatusCode">The HTTP status, if there was one.</param>
/// <param name="RetryAfter">How long the upstream asked to wait, if it did.</param>
public sealed record UpstreamFailureKind(FailureClass Class, FailureReason Reason, int? StatusCode = null, TimeSpan? RetryAfter = null);
