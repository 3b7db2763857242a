namespace FlowGpt.Cli.Connections;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The gateway refused the request, or a check failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The gateway cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Ended by Ctrl+C.</summary>
    public const int Interrupted = 130;
}
