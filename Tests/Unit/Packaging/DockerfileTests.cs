using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FlowGpt.ApiFrontend.Health;

namespace FlowGpt.Tests.Unit.Packaging;

public sealed partial class DockerfileTests
{
    private static readonly string[] Containers = ["linux-x64", "linux-arm64"];
    private static readonly string[] Browser = ["browser-wasm"];

    private static readonly Dockerfile File = Dockerfile.Read("deploy/Dockerfile");

    public static TheoryData<string, string> Images => new() { { "api", "ApiFrontend" }, { "silo", "Silo" } };

    [Fact]
    public void Images_ArePinned() =>
        Assert.All(File.Stages, static stage => Assert.True(stage.Base is not null || ImageName.IsPinned(stage.Image), stage.Image));

    [Fact]
    public void Runtime_IsOfTheSdksVersion()
    {
        var sdk = File.Stage("restore").Image.Split(':')[1];
        var framework = XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("TargetFramework").Single().Value;

        var runtime = File.Stage("runtime").Image.Split(':')[1];

        // The SDK's third number counts features, the runtime's counts fixes.
        Assert.StartsWith(framework["net".Length..], sdk, StringComparison.Ordinal);
        Assert.StartsWith(framework["net".Length..], runtime, StringComparison.Ordinal);
        Assert.Equal($"{sdk[(sdk.IndexOf('-') + 1)..]}-chiseled-extra", runtime[(runtime.IndexOf('-') + 1)..]);
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Image_RunsAsNobodyInParticular(string stage, string project)
    {
        Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", File.Stage(stage).Last("USER"));
        Assert.EndsWith("-chiseled-extra", File.Stage(stage).RootImage, StringComparison.Ordinal);
        Assert.DoesNotContain(File.Stage(stage).Instructions, static one => one.Keyword == "RUN");
        Assert.Equal([$"/app/{AssemblyOf(project)}"], Dockerfile.ParseList(File.Stage(stage).Last("ENTRYPOINT")));
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Image_AsksItselfForItsHealth(string stage, string project)
    {
        var check = File.Stage(stage).Last("HEALTHCHECK");
        var command = check[(check.IndexOf("CMD ", StringComparison.Ordinal) + 4)..];

        Assert.Equal(
            [$"/app/{AssemblyOf(project)}", HealthProbe.Verb, "http://localhost:8080/health/ready"],
            Dockerfile.ParseList(command)
        );
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Image_HoldsWhatWasPublished(string stage, string project)
    {
        var publish = Assert.Single(File.Stage($"publish-{stage}").Instructions, static one => one.Keyword == "RUN").Arguments;

        Assert.Contains($"dotnet publish {project}/{project}.csproj --no-restore -c Release", publish, StringComparison.Ordinal);
        Assert.Contains("-p:PublishReadyToRun=true", publish, StringComparison.Ordinal);
        Assert.Contains("--self-contained false", publish, StringComparison.Ordinal);
        Assert.Contains(File.Stage(stage).Instructions, one => one == ("COPY", $"--from=publish-{stage} /out/app ./"));
    }

    [Fact]
    public void Restore_TakesTheLockedPackages_OfEveryProjectAndBeforeAnySource()
    {
        var instructions = File.Stage("restore").Instructions;
        var restore = instructions.FindIndex(static one => one.Keyword == "RUN");
        var copied = instructions.Take(restore).Where(static one => one.Keyword == "COPY").SelectMany(Sources).ToHashSet();

        Assert.Contains("--locked-mode", instructions[restore].Arguments, StringComparison.Ordinal);
        foreach (var project in ProjectsOf("Silo").Prepend("Silo"))
        {
            Assert.Contains($"{project}/{project}.csproj", copied);
            Assert.Contains($"{project}/packages.lock.json", copied);
        }

        Assert.Equal(
            ["global.json", "Directory.Build.props", "Directory.Packages.props"],
            copied.Where(static one => !one.Contains('/', StringComparison.Ordinal))
        );
        Assert.Equal(("COPY", ". ."), instructions[restore + 1]);
    }

    [Fact]
    public void Restore_ForTheContainersSystem_IsInTheLockFiles()
    {
        foreach (var project in ProjectsOf("Silo").Prepend("Silo"))
        {
            using var locks = JsonDocument.Parse(Repository.Read($"{project}/packages.lock.json"));
            var targets = locks.RootElement.GetProperty("dependencies").EnumerateObject().Select(static one => one.Name);
            var systems = project == "Dashboard" ? Browser : Containers;
            Assert.Superset(systems.Select(static system => $"net10.0/{system}").ToHashSet(), targets.ToHashSet());
        }
    }

    [Fact]
    public void Instructions_FetchNothingAndHoldNoSecret()
    {
        foreach (var (keyword, arguments) in File.Stages.SelectMany(static stage => stage.Instructions))
        {
            Assert.NotEqual("ADD", keyword);
            Assert.DoesNotMatch(SecretName(), arguments);
            Assert.DoesNotMatch("(curl|wget|apt-get|sudo|chmod 777)", arguments);
        }
    }

    [Fact]
    public void Copies_FindTheirSources()
    {
        foreach (
            var source in File
                .Stages.SelectMany(static stage => stage.Instructions)
                .Where(static one => one.Keyword == "COPY")
                .SelectMany(Sources)
        )
        {
            Assert.True(Path.Exists(Repository.PathOf(source)), $"COPY {source}: is not in the repository.");
            Assert.False(DockerIgnore.Read().Excludes(source), $"COPY {source}: is left out by .dockerignore.");
        }
    }

    private static string[] Sources((string Keyword, string Arguments) copy) =>
        copy.Arguments.Contains("--from", StringComparison.Ordinal) ? [] : copy.Arguments.Split(' ')[..^1];

    private static string AssemblyOf(string project) => $"FlowGpt.{project}";

    private static IEnumerable<string> ProjectsOf(string project) =>
        XDocument
            .Parse(Repository.Read($"{project}/{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(static reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
            .SelectMany(static name => ProjectsOf(name).Prepend(name))
            .Distinct();

    [GeneratedRegex("(KEY|TOKEN|SECRET|PASSWORD)", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
