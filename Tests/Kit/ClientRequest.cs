using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Kit;

/// <summary>Bodies with the structure of what real clients send; the files are in the folder <c>ClientRequests</c>.</summary>
internal static class ClientRequest
{
    /// <summary>One body.</summary>
    public static JsonObject Body(string name)
    {
        var file = $"FlowGpt.Tests.Kit.ClientRequests.{name}.json";
        using var stream =
            typeof(ClientRequest).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"There is no request {name}.");
        return JsonNode.Parse(stream)!.AsObject();
    }
}
