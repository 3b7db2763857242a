using System.Text.Json.Nodes;
using FlowGpt.ApiFrontend.Cluster;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>What child processes are started from.</summary>
internal static class TargetFiles
{
    /// <summary>This executable.</summary>
    public const string Self = "FlowGpt.Benchmarks";

    /// <summary>The gateway.</summary>
    public const string Silo = "FlowGpt.Silo";

    /// <summary>The API as a separate process.</summary>
    public const string Frontend = "FlowGpt.ApiFrontend";

    public static readonly IReadOnlyDictionary<string, string> NoVariables = new Dictionary<string, string>();

    /// <summary>What this executable's own servers write once they serve, before the address.</summary>
    public const string ReadyPrefix = "ready on ";

    /// <summary>The gateway that was published into a folder; without a folder, the gateway beside this executable.</summary>
    public static string SiloOf(string? folder) => folder is null ? Silo : Path.GetFullPath(Path.Combine(folder, Silo));

    /// <summary>The API that was published into the folder <c>api</c> of a gateway's; without a folder, the API beside this executable.</summary>
    public static string FrontendOf(string? folder) => folder is null ? Frontend : Path.GetFullPath(Path.Combine(folder, "api", Frontend));

    /// <summary>Makes the certificates of a cluster and returns their directory.</summary>
    public static string Certificates(string directory)
    {
        var made = Path.Combine(directory, "tls");
        CertificateMaker.Write(made, TimeProvider.System.GetUtcNow());
        return made;
    }

    /// <summary>Reads the address off the line that begins with <see cref="ReadyPrefix"/>.</summary>
    public static Uri? ReadAddress(string line) =>
        line.StartsWith(ReadyPrefix, StringComparison.Ordinal) ? new Uri(line[ReadyPrefix.Length..]) : null;

    /// <summary>
    /// Reads the address off the line with which the product says that it serves: one JSON object a line, as in a container.
    /// </summary>
    public static Uri? ReadReady(string line) =>
        line.Contains("\"Ready on ", StringComparison.Ordinal) && JsonNode.Parse(line) is { } log ? new Uri((string)log["Address"]!) : null;
}
