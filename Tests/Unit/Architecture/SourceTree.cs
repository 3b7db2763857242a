using FlowGpt.Tests.Unit.Packaging;
using Mono.Cecil;

namespace FlowGpt.Tests.Unit.Architecture;

/// <summary>The product's source files and what was built from them.</summary>
internal static class SourceTree
{
    /// <summary>The folders of the product's own projects.</summary>
    public static IReadOnlyList<string> Projects { get; } =
    ["Admin.Contracts", "Cli", "Dashboard", "Grains.Interfaces", "Grains", "ApiFrontend", "Silo", "Simulator", "Benchmarks", "Tests"];

    public static string Root => Repository.Root;

    /// <summary>Every C# file of a project, as a path relative to the root with forward slashes.</summary>
    public static IEnumerable<string> Files(string project) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, project), "*.cs", SearchOption.AllDirectories)
            .Select(static file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>The assembly of a project, as built beside the tests; the assembly of a project that no process loads is in the project's output folder.</summary>
    public static ModuleDefinition Module(string project)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, $"FlowGpt.{project}.dll");
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return ModuleDefinition.ReadModule(
            File.Exists(beside) ? beside : Path.Combine(Root, "artifacts", "bin", project, configuration, $"FlowGpt.{project}.dll")
        );
    }
}
