namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Full path of its root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Full path of a file or directory, given with slashes.</summary>
    public static string PathOf(string relative) => Path.GetFullPath(Path.Combine(Root, relative));

    /// <summary>The text of a file.</summary>
    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>The lines of a file.</summary>
    public static string[] ReadLines(string relative) => File.ReadAllLines(PathOf(relative));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "FlowGptCluster.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No FlowGptCluster.sln above {AppContext.BaseDirectory}: run the tests from the source tree.");
    }
}
