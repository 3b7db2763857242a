using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>What nginx did with the requests of a load, by nginx's log.</summary>
internal static class NginxLog
{
    /// <summary>The ids of the requests that nginx sent to this API process last.</summary>
    public static async Task<IReadOnlySet<string>> HeldByAsync(
        FaultCluster cluster,
        ClusterMember frontend,
        IReadOnlyList<LoadRequest> requests
    )
    {
        var upstreams = new Dictionary<string, string>();
        await ClusterQuestions.UntilAsync(
            () =>
            {
                upstreams = Read(cluster.Nginx.Requests);
                return Task.FromResult(requests.All(request => upstreams.ContainsKey(request.Id)) ? "logged" : null);
            },
            "nginx has logged every request"
        );
        return requests
            .Select(static request => request.Id)
            .Where(id => upstreams[id].EndsWith($":{frontend.Port}", StringComparison.Ordinal))
            .ToHashSet();
    }

    private static Dictionary<string, string> Read(IEnumerable<string> lines)
    {
        var upstreams = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            var request = JsonNode.Parse(line)!;
            upstreams[(string)request["request_id"]!] = (string)request["upstream"]!;
        }

        return upstreams;
    }
}
