using System.Collections.Concurrent;
using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>Chat completions that come from a <see cref="StampedUpstream"/>.</summary>
internal static class PassThrough
{
    private static readonly ConcurrentBag<long[]> Ignored = [];

    /// <summary>The settings of a gateway that has a stamped upstream as its provider.</summary>
    public static GatewaySettings To(StampedUpstream upstream, GatewaySettings settings) =>
        settings with
        {
            Variables = new Dictionary<string, string>(settings.Variables)
            {
                ["OPENAI_API_KEY"] = "sk-benchmarks-upstream",
                ["OPENAI_BASE_URL"] = $"{upstream.Address}v1",
            },
        };

    /// <summary>A gateway, asked for one of the upstream's models.</summary>
    public static Subject Of(string name, GatewayProcess gateway, string model) =>
        new(
            $"{name}, {model}",
            _ => new StampedClient(gateway.EndPoint, GatewayProcess.Key, ReplyPace.Instant.Tokens, Ignored, model),
            gateway.Usage
        );

    /// <summary>YARP, asked for the same.</summary>
    public static Subject Of(YarpProcess yarp, string model) =>
        new(
            $"YARP, {model}",
            _ => new StampedClient(yarp.EndPoint, GatewayProcess.Key, ReplyPace.Instant.Tokens, Ignored, model),
            yarp.Usage
        );
}
