using System.Security.Cryptography;
using FlowGpt.Tests.Process;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Clients;

/// <summary>
/// The npm packages of the clients, installed once for each lock file beside the build's output, with the programs of this folder beside them. Tests are reported as skipped
/// without Node or when the packages cannot be installed.
/// </summary>
internal static class NodePackages
{
    private const int OldestNode = 20;

    /// <summary>The time of a first installation, which loads some 150 MB.</summary>
    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(4);

    private static readonly Lazy<Task<string?>> Installed = new(InstallAsync);

    /// <summary>The directory in which the programs of this folder run.</summary>
    public static async Task<string> DirectoryOrSkipAsync()
    {
        ExternalProgram.Node.PathOrSkip();
        ExternalProgram.Npm.PathOrSkip();
        var problem = await Installed.Value;
        Assert.SkipUnless(problem is null, problem ?? "");
        return Directory;
    }

    private static string Source { get; } = Repository.PathOf("Tests/Clients");

    private static string Directory { get; } =
        Repository.PathOf(
            $"artifacts/clients-{Convert.ToHexString(SHA256.HashData(File.ReadAllBytes($"{Source}/package-lock.json")))[..12]}"
        );

    /// <returns>Why the packages are not there; null when they are.</returns>
    private static async Task<string?> InstallAsync()
    {
        var version = await ClientProgram.RunAsync(ExternalProgram.Node.PathOrSkip(), ["--version"], Source, [], ProcessHost.Deadline);
        if (!int.TryParse(version.Output.TrimStart('v').Split('.')[0], out var major) || major < OldestNode)
        {
            return $"Node {version.Output.Trim()} is too old; install Node {OldestNode} or newer.";
        }

        System.IO.Directory.CreateDirectory(Directory);
        foreach (var file in System.IO.Directory.EnumerateFiles(Source).Where(static file => Path.GetExtension(file) is ".mjs" or ".json"))
        {
            File.Copy(file, Path.Combine(Directory, Path.GetFileName(file)), overwrite: true);
        }

        // Written at the end of an installation, so that an interrupted installation is repeated.
        if (File.Exists(Path.Combine(Directory, "node_modules", ".package-lock.json")))
        {
            return null;
        }

        var install = await ClientProgram.RunAsync(
            ExternalProgram.Npm.PathOrSkip(),
            ["ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"],
            Directory,
            [],
            InstallTime
        );
        return install.ExitCode == 0 ? null : $"The npm packages cannot be installed in {Directory}: {install.Output}";
    }
}
