namespace FlowGpt.Grains.Interfaces.Upstreams;

/// <summary>A classified failure of one upstream call.</summary>
/// <param name="Class">What is at fault.</param>
/// <param name="Reason">What happened.</param>
/// <param name="StatusCode">The HTTP status, if there was one.</param>
/// <param name="RetryAfter">How long the upstream asked to wait, if it did.</param>
/// <param name="Message">Safe to show to a client: our words, never the upstream's text, a token or a prompt.</param>
/// <param name="Param">The field of the request that the upstream names, as a path such as <c>messages[0].content</c>; null when none is named.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.UpstreamFailure")]
public sealed record UpstreamFailure(
    [property: Id(0)] FailureClass Class,
    [property: Id(1)] FailureReason Reason,
    [property: Id(2)] int? StatusCode,
    [property: Id(3)] TimeSpan? RetryAfter,
    [property: Id(4)] string Message,
    [property: Id(5)] string? Param = null
);
