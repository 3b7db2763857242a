namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>
/// The process cannot start, for reasons that its operator can put right. Each problem names the setting or the file, what is
/// wrong with it and the fix; none holds a secret. Printed without a stack trace.
/// </summary>
public sealed class StartupException : Exception
{
    public StartupException(IReadOnlyList<string> problems, Exception? inner = null)
        : base(string.Join(Environment.NewLine, problems), inner) => Problems = problems;

    public StartupException(string problem, Exception? inner = null)
        : this([problem], inner) { }

    /// <summary>Every problem found, in plain English.</summary>
    public IReadOnlyList<string> Problems { get; }
}
