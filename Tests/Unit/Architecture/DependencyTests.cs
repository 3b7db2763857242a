using System.Xml.Linq;

namespace FlowGpt.Tests.Unit.Architecture;

/// <summary>Which folder may reference which: the table in AGENTS.md.</summary>
public sealed class DependencyTests
{
    public static TheoryData<string, string[]> Allowed { get; } =
        new()
        {
            { "Admin.Contracts", [] },
            { "Grains.Interfaces", [] },
            { "Grains", ["Grains.Interfaces"] },
            { "Cli", ["Admin.Contracts"] },
            { "Dashboard", ["Admin.Contracts"] },
            { "ApiFrontend", ["Admin.Contracts", "Dashboard", "Grains.Interfaces"] },
            { "Simulator", [] },
            { "Silo", ["Admin.Contracts", "Dashboard", "Grains.Interfaces", "Grains", "ApiFrontend", "Simulator"] },
        };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void ProjectReferences_OfAFolder_StayWithinTheTable(string project, string[] allowed)
    {
        var references = XDocument
            .Parse(SourceTree.Read($"{project}/{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(static one => Path.GetFileNameWithoutExtension(((string)one.Attribute("Include")!).Replace('\\', '/')));

        Assert.Empty(references.Except(allowed));
    }

    [Theory]
    [MemberData(nameof(Allowed))]
    public void AssemblyReferences_OfAFolder_StayWithinTheTable(string project, string[] allowed)
    {
        using var module = SourceTree.Module(project);
        var references = module
            .AssemblyReferences.Where(static one => one.Name.StartsWith("FlowGpt.", StringComparison.Ordinal))
            .Select(static one => one.Name["FlowGpt.".Length..]);

        Assert.Empty(references.Except(allowed));
    }

    [Theory]
    [InlineData("Grains.Interfaces")]
    [InlineData("Grains")]
    public void Configuration_BelowTheComposition_IsReachedThroughOptionsOnly(string project)
    {
        using var module = SourceTree.Module(project);

        Assert.DoesNotContain(
            module.GetTypeReferences(),
            static one => one.FullName == "Microsoft.Extensions.Configuration.IConfiguration"
        );
    }

    [Fact]
    public void Simulator_AsAStandIn_KnowsNothingOfOrleans()
    {
        using var module = SourceTree.Module("Simulator");

        Assert.DoesNotContain(module.AssemblyReferences, static one => one.Name.StartsWith("Orleans", StringComparison.Ordinal));
    }
}
