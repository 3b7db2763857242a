namespace FlowGpt.Cli.Connections;

/// <summary>The command line is wrong. The message says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
