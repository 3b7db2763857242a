using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>Something under load.</summary>
/// <param name="Name">How tables call it.</param>
/// <param name="MakeClient">Makes the client of the user with a number.</param>
/// <param name="Usage">The process whose cost it is; null for the bare upstream, which has no hop to pay for.</param>
internal sealed record Subject(string Name, Func<int, ILoadClient> MakeClient, ProcessUsage? Usage)
{
    private const int UpstreamAccounts = 20;

    /// <summary>The simulator without anything between.</summary>
    public static Subject Direct(SimulatorProcess simulator, bool create, int tokens) =>
        new("direct, " + Calls(create), user => Upstream(simulator.EndPoint, user, create, tokens), null);

    /// <summary>YARP in front of it.</summary>
    public static Subject Yarp(YarpProcess yarp, bool create, int tokens) =>
        new("YARP, " + Calls(create), user => Upstream(yarp.EndPoint, user, create, tokens), yarp.Usage);

    /// <summary>The bare relay in front of it.</summary>
    public static Subject Relay(RelayProcess relay, int tokens) =>
        new("bare relay, " + Calls(true), _ => new GatewayClient(relay.EndPoint, GatewayProcess.Key, stream: true, tokens), relay.Usage);

    /// <summary>The gateway in front of it.</summary>
    public static Subject Gateway(GatewayProcess gateway, string name, bool stream, int tokens) =>
        new(
            $"gateway, {name}{(stream ? "" : ", not streamed")}",
            _ => new GatewayClient(gateway.EndPoint, GatewayProcess.Key, stream, tokens),
            gateway.Usage
        );

    /// <summary>The gateway in front of it, used with a client key of its own.</summary>
    public static Subject Gateway(GatewayProcess gateway, string name, string key, int tokens) =>
        new(name, _ => new GatewayClient(gateway.EndPoint, key, stream: true, tokens), gateway.Usage);

    /// <summary>A whole cluster in front of it, its users spread over its APIs.</summary>
    public static Subject Cluster(GatewayCluster cluster, string name, int tokens, bool stored = false) =>
        new(name, _ => new GatewayClient(cluster.NextEndPoint, GatewayProcess.Key, stream: true, tokens, stored), cluster.Usage);

    private static string Calls(bool create) => create ? "create + chat" : "chat with history";

    private static UpstreamClient Upstream(System.Net.IPEndPoint server, int user, bool create, int tokens) =>
        new(server, $"bench-{(user % UpstreamAccounts) + 1}", create, tokens);
}
