using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Architecture;

/// <summary>The layout of the code: folder = namespace, one public type for each file, files of bounded length.</summary>
public sealed partial class CodeLayoutTests
{
    private const int LongestFile = 350;
    private const int LongestTestFile = 400;

    /// <summary>The most lines of a file in which small types of one idea are together.</summary>
    private const int LongestSharedFile = 200;

    public static TheoryData<string> Projects { get; } = [.. SourceTree.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespace_OfEveryFile_IsItsFolder(string project) =>
        AssertNone(
            project,
            static file =>
            {
                var expected = "FlowGpt." + Path.GetDirectoryName(file)!.Replace('\\', '/').Replace('/', '.');
                var actual = Namespace().Match(SourceTree.Read(file)).Groups[1].Value;
                return actual == expected ? null : $"is in {actual}, expected {expected}";
            }
        );

    [Theory]
    [MemberData(nameof(Projects))]
    public void PublicTypes_OfEveryFile_AreOneNamedAsTheFileOrSmallOnesOfOneIdea(string project) =>
        AssertNone(
            project,
            static file =>
            {
                var text = SourceTree.Read(file);
                var types = PublicType().Matches(text).Select(static one => one.Groups[1].Value).Distinct().ToArray();
                var isShared = types.Length > 1 && text.Count(static c => c == '\n') <= LongestSharedFile;
                return types.Length == 0 || isShared || (types.Length == 1 && types[0] == Path.GetFileName(file).Split('.')[0])
                    ? null
                    : $"has the public types {string.Join(", ", types)}";
            }
        );

    [Theory]
    [MemberData(nameof(Projects))]
    public void Length_OfEveryFile_IsBounded(string project) =>
        AssertNone(
            project,
            file =>
            {
                var lines = SourceTree.Read(file).Count(static c => c == '\n');
                return lines <= (project == "Tests" ? LongestTestFile : LongestFile) ? null : $"has {lines} lines";
            }
        );

    [Theory]
    [MemberData(nameof(Projects))]
    public void Names_OfFoldersAndFiles_SayWhatIsInThem(string project) =>
        AssertNone(project, static file => Vague().Match(file) is { Success: true } match ? $"has \"{match.Value}\" in its name" : null);

    private static void AssertNone(string project, Func<string, string?> problem)
    {
        var files = SourceTree.Files(project).ToArray();
        Assert.NotEmpty(files);
        var offences = files.Select(file => (file, problem: problem(file))).Where(static one => one.problem is not null).ToArray();
        Assert.Empty(offences);
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^public (?:static |sealed |abstract |readonly |partial |ref )*(?:class|struct|record struct|record class|record|interface|enum) (\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex PublicType();

    [GeneratedRegex(@"(?:Helper|Util|Common|Manager)s?(?=[/.A-Z])")]
    private static partial Regex Vague();
}
