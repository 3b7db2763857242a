namespace FlowGpt.Cli.Connections;

/// <summary>What the process ends with.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The gateway refused, or something that was checked is wrong.</summary>
    public const int Failed = 1;

    /// <summary>The command cannot run as it was given.</summary>
    public const int Usage = 2;

    /// <summary>The gateway cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Ended by Ctrl+C.</summary>
    public const int Interrupted = 130;
}
