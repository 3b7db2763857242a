namespace FlowGpt.Benchmarks.Targets;

/// <summary>What child processes are started from.</summary>
internal static class TargetFiles
{
    /// <summary>This executable.</summary>
    public const string Self = "FlowGpt.Benchmarks";

    /// <summary>The gateway.</summary>
    public const string Silo = "FlowGpt.Silo";

    public static readonly IReadOnlyDictionary<string, string> NoVariables = new Dictionary<string, string>();

    /// <summary>What this executable's own servers write once they serve, before the address.</summary>
    public const string ReadyPrefix = "ready on ";

    /// <summary>Reads the address off the line that begins with <see cref="ReadyPrefix"/>.</summary>
    public static Uri? ReadAddress(string line) =>
        line.StartsWith(ReadyPrefix, StringComparison.Ordinal) ? new Uri(line[ReadyPrefix.Length..]) : null;
}
