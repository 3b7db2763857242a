using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Architecture;

/// <summary>Only a dialect's folder uses the dialect's types, and neutral code names no provider and no client protocol.</summary>
public sealed partial class DialectBoundaryTests
{
    private const string Dialects = "FlowGpt.ApiFrontend.Dialects";

    private static readonly string[] Names = ["openai", "anthropic", "chatcmpl"];

    [Fact]
    public void ApiFrontend_BelowDialects_UsesNoTypeOfADialect()
    {
        using var module = SourceTree.Module("ApiFrontend");
        var offences =
            from type in module.Types
            where !IsIn(type.Namespace, Dialects) && type.Namespace != "FlowGpt.ApiFrontend"
            from used in UsedTypes.Of(type)
            where used.StartsWith(Dialects, StringComparison.Ordinal)
            select $"{type.FullName} uses {used}";

        Assert.Empty(offences.Distinct());
    }

    [Fact]
    public void Dialects_InGeneral_UseNoTypeOfOneDialect()
    {
        using var module = SourceTree.Module("ApiFrontend");
        var neutral = module.Types.Where(static type => type.Namespace == Dialects).ToArray();
        Assert.NotEmpty(neutral);

        var offences =
            from type in neutral
            from used in UsedTypes.Of(type)
            where OneDialects().IsMatch(used)
            select $"{type.FullName} uses {used}";
        Assert.Empty(offences.Distinct());
    }

    [Theory]
    [InlineData("Grains.Interfaces/Items/")]
    [InlineData("Grains.Interfaces/Turns/")]
    [InlineData("Grains.Interfaces/Models/")]
    [InlineData("Grains/Turns/")]
    [InlineData("Grains/Conversations/")]
    [InlineData("Grains/Pools/")]
    [InlineData("ApiFrontend/Turns/")]
    public void NeutralCode_InItsNamesAndTexts_MentionsNoProtocol(string folder)
    {
        var files = SourceTree
            .Files(folder[..folder.IndexOf('/', StringComparison.Ordinal)])
            .Where(file => file.StartsWith(folder, StringComparison.Ordinal))
            .ToArray();
        Assert.NotEmpty(files);

        var offences =
            from file in files
            // The list of names that items and extensions carry.
            where file != "Grains.Interfaces/Items/Extensions.cs"
            from line in SourceTree.Read(file).Split('\n')
            where !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
            where Names.Any(name => line.Contains(name, StringComparison.OrdinalIgnoreCase))
            select $"{file}: {line.Trim()}";
        Assert.Empty(offences);
    }

    /// <summary>A type in the folder of one dialect.</summary>
    [GeneratedRegex(@"FlowGpt\.ApiFrontend\.Dialects\.\w+\.\w")]
    private static partial Regex OneDialects();

    private static bool IsIn(string @namespace, string parent) =>
        @namespace == parent || @namespace.StartsWith(parent + ".", StringComparison.Ordinal);
}
