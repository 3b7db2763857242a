using System.Reflection;
using System.Text.RegularExpressions;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Unit.ApiFrontend.Docs;

/// <summary>The list of traps in <c>docs/api-compatibility.md</c> is whole, and every test that it names exists.</summary>
public sealed partial class ApiCompatibilityTests
{
    private const int Traps = 52;

    [Fact]
    public void Traps_AreAllThereInTheirOrder() =>
        Assert.Equal(
            Enumerable.Range(1, Traps),
            Rows().Select(static row => int.Parse(row.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture))
        );

    [Fact]
    public void Tests_OfEveryTrap_Exist()
    {
        var tests = typeof(ApiCompatibilityTests)
            .Assembly.GetTypes()
            .SelectMany(static type =>
                type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)
                    .Select(method => $"{type.Name}.{method.Name}")
            )
            .ToHashSet(StringComparer.Ordinal);
        foreach (var row in Rows())
        {
            var named = Test().Matches(row.Groups["tests"].Value).Select(static match => match.Groups[1].Value).ToArray();
            Assert.True(named.Length > 0, $"Trap {row.Groups["number"].Value} names no test.");
            Assert.All(named, name => Assert.True(tests.Contains(name), $"There is no test {name}."));
        }
    }

    private static Match[] Rows() => [.. Row().Matches(Repository.Read("docs/api-compatibility.md")).Cast<Match>()];

    [GeneratedRegex(@"^\| (?<number>\d+) \|[^|]*\| (?<tests>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(\w+\.\w+)`")]
    private static partial Regex Test();
}
