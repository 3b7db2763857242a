using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Kit;

/// <summary>
/// One request in the form of a real client: method, path, headers and body, with short texts in place of the client's own. <c>{resp}</c> and <c>{conv}</c> in a path are
/// placeholders of ids that the server gave earlier, <c>MODEL</c> of a model. The files are in the folder <c>RecordedRequests</c>, one for each client.
/// </summary>
internal sealed record RecordedRequest(string Client, string Number, HttpMethod Method, string Path, JsonObject Headers, JsonObject? Body)
{
    private const string Folder = "FlowGpt.Tests.Kit.RecordedRequests.";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RecordedRequest> All { get; } =
    [
        .. typeof(RecordedRequest)
            .Assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(Read),
    ];

    /// <summary>Such as <c>codex/002</c>.</summary>
    public string Name => $"{Client}/{Number}";

    /// <summary>Whether the client asked for a stream of events.</summary>
    public bool IsStreamed => (bool?)Body?["stream"] == true;

    /// <summary>The request by its name.</summary>
    public static RecordedRequest Named(string name) => All.Single(request => request.Name == name);

    private static IEnumerable<RecordedRequest> Read(string resource)
    {
        var client = resource[Folder.Length..resource.LastIndexOf('.')];
        using var reader = new StreamReader(typeof(RecordedRequest).Assembly.GetManifestResourceStream(resource)!);
        while (reader.ReadLine() is { } line)
        {
            var json = JsonNode.Parse(line)!;
            yield return new(
                client,
                (string)json["nr"]!,
                new HttpMethod((string)json["method"]!),
                (string)json["path"]!,
                json["headers"]!.AsObject(),
                json["body"] as JsonObject
            );
        }
    }
}
