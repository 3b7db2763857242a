using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Models;

/// <summary>Why a provider could not be asked for its models, for operators.</summary>
/// <param name="Text">What was answered.</param>
/// <param name="Advice">What to do, as a sentence; null where nothing more is known.</param>
internal sealed record DiscoveryProblem(string Text, string? Advice = null)
{
    /// <summary>Reads a failure.</summary>
    public static DiscoveryProblem Of(UpstreamFailure failure, PoolDefinition pool)
    {
        var place = pool.BaseUrl is { } address ? $"the pool's baseUrl ({address})" : "the provider's own address";
        var text =
            failure.StatusCode is { } status && !failure.Message.Contains($"status {status}", StringComparison.Ordinal)
                ? $"{failure.Message} (status {status})"
                : failure.Message;
        return new(
            text,
            failure.Reason switch
            {
                FailureReason.Unauthorized or FailureReason.Expired =>
                    $"Replace the credential of the pool's accounts, and check that it belongs to {place}.",
                FailureReason.ConnectionFailed or FailureReason.ConnectTimeout =>
                    $"Check {place}, and that the server runs and can be reached from here.",
                FailureReason.ModelMissing or FailureReason.Refused when failure.StatusCode == 404 =>
                    $"Check {place}: it has no list of models. A server without one needs \"discover\": false and models of its own.",
                FailureReason.InvalidBody or FailureReason.Challenge => $"Check {place}: what answers there is not an API of this kind.",
                _ => null,
            }
        );
    }
}
