namespace FlowGpt.Benchmarks.Targets;

/// <summary>What child processes are started from.</summary>
internal static class TargetFiles
{
    /// <summary>This executable.</summary>
    public const string Self = "FlowGpt.Benchmarks";

    /// <summary>The gateway.</summary>
    public const string Silo = "FlowGpt.Silo";

    /// <summary>How long a process may take to become ready.</summary>
    public static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    public static readonly IReadOnlyDictionary<string, string> NoVariables = new Dictionary<string, string>();
}
