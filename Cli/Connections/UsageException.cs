namespace FlowGpt.Cli.Connections;

/// <summary>The command cannot run as it was given. The message says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
