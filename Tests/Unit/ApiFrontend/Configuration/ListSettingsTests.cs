using System.Text.Json;
using System.Text.RegularExpressions;
using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Admin.Members;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Unit.Packaging;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.ApiFrontend.Configuration;

public sealed partial class ListSettingsTests : IDisposable
{
    private static readonly (string Section, Type Options)[] s_options =
    [
        (FrontendOptions.Section, typeof(FrontendOptions)),
        (SignInOptions.Section, typeof(SignInOptions)),
        (MemberOptions.Section, typeof(MemberOptions)),
    ];

    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _problems = [];

    public static TheoryData<string, string> EveryListAndSource
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var key in ListSettings.Keys)
            {
                foreach (var source in (string[])["environment", "json", "command line", ".env"])
                {
                    data.Add(key, source);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> EveryText =>
        [.. s_options.SelectMany(static one => Texts(one.Section, one.Options)).Where(static key => !ListSettings.Has(key))];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(EveryListAndSource))]
    public void Add_ListByItems_IsTheSameAsOneText(string key, string source)
    {
        var separator = key.EndsWith("Scopes", StringComparison.Ordinal) ? ' ' : ';';

        var configuration = Read(source, ($"{key}:0", "http://a:1"), ($"{key}:1", "http://b:2"));

        Assert.Empty(_problems);
        Assert.StartsWith($"http://a:1{separator}http://b:2", configuration[key], StringComparison.Ordinal);
        Assert.Empty(ProblemsOfOptions(configuration));
    }

    [Fact]
    public void Add_ShortNameByItems_IsAsOneText()
    {
        var configuration = Read("environment", ("METRICS_URLS:0", "http://a:1"), ("METRICS_URLS:1", "http://b:2"));

        Assert.Empty(_problems);
        Assert.Equal("http://a:1;http://b:2", configuration["FlowGpt:Frontend:MetricsUrls"]);
    }

    [Fact]
    public void Add_EmptyArray_IsTheEmptyList()
    {
        var configuration = OfJson("""{"FlowGpt":{"Frontend":{"CorsOrigins":[]}}}""");

        Assert.Empty(ProblemsOfOptions(configuration));
        Assert.Empty(configuration.GetSection(FrontendOptions.Section).Get<FrontendOptions>()!.Origins());
    }

    [Fact]
    public void Add_StrongerSource_GivesTheWholeList()
    {
        File.WriteAllText(_directory.File("a.json"), """{"FlowGpt":{"Frontend":{"CorsOrigins":["https://a","https://b","https://c"]}}}""");
        var configuration = new ConfigurationManager();
        configuration.AddJsonFile(_directory.File("a.json"));
        configuration.AddCommandLine(["--FlowGpt:Frontend:CorsOrigins:0=https://d"]);

        configuration.AddProductConfiguration(_directory.Path, _problems);

        Assert.Empty(_problems);
        Assert.Equal("https://d", configuration["FlowGpt:Frontend:CorsOrigins"]);
    }

    [Theory]
    [InlineData("""{"FlowGpt":{"Frontend":{"CorsOrigins":{"first":"https://a"}}}}""", "FlowGpt:Frontend:CorsOrigins:first: is not an item")]
    [InlineData("""{"FlowGpt":{"Frontend":{"CorsOrigins":[{"a":"b"}]}}}""", "FlowGpt:Frontend:CorsOrigins:0: has parts")]
    public void Add_WhatIsNoList_IsAProblemThatNamesIt(string json, string expected)
    {
        OfJson(json);

        Assert.StartsWith(expected, Assert.Single(_problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Add_TextAndItemsInOneSource_IsAProblem()
    {
        Read("environment", ("FlowGpt:Frontend:TrustedProxies", "10.0.0.1"), ("FlowGpt:Frontend:TrustedProxies:0", "10.0.0.2"));

        Assert.Contains("both as one text and as", Assert.Single(_problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_BadItem_IsNamed()
    {
        var configuration = Read(
            "environment",
            ("FlowGpt:Frontend:TrustedProxies:0", "10.0.0.1"),
            ("FlowGpt:Frontend:TrustedProxies:1", "no")
        );

        var options = configuration.GetSection(FrontendOptions.Section).Get<FrontendOptions>()!;

        Assert.Contains(
            "FlowGpt:Frontend:TrustedProxies has 'no'",
            new FrontendOptionsValidator().Validate(null, options).FailureMessage,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(EveryText))]
    public void Check_TextWithPartsOrNull_IsAProblemThatNamesItAndNotItsValue(string key)
    {
        var parts = Assert.Single(ProblemsOfOptions(Read("environment", ($"{key}:0", "s3cret"))));
        var isNull = Assert.Single(ProblemsOfOptions(OfJson(Nested(key, "null"))));

        Assert.Contains($"{key}:0 is set", parts, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", parts, StringComparison.Ordinal);
        Assert.Contains("is null", isNull, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_AreTheOptionsThatSayTheyAreSeparated()
    {
        var said = s_options.SelectMany(static one => Texts(one.Section, one.Options)).Select(static key => key.Split(':')[^1]);
        var named = ((string[])["FrontendOptions.cs", "Admin/Members/MemberOptions.cs", "Admin/Sessions/SignInOptions.cs"])
            .SelectMany(static file => Separated().Matches(File.ReadAllText(Path.Combine(Repository.Root, "ApiFrontend", file))))
            .Select(static match => match.Groups["name"].Value)
            .Intersect(said);

        Assert.Equal(
            ListSettings.Keys.Where(static key => key != "urls").Select(static key => key.Split(':')[^1]).Order(StringComparer.Ordinal),
            named.Order(StringComparer.Ordinal)
        );
    }

    [GeneratedRegex(@"separated by (semicolons|spaces)[^{]*?public string (?<name>\w+) ")]
    private static partial Regex Separated();

    private static IEnumerable<string> Texts(string path, Type options) =>
        options
            .GetProperties()
            .Where(static one => one.CanWrite)
            .SelectMany(one =>
                one.PropertyType == typeof(string) ? [$"{path}:{one.Name}"]
                : one.PropertyType.IsNested ? Texts($"{path}:{one.Name}", one.PropertyType)
                : []
            );

    private static List<string> ProblemsOfOptions(IConfiguration configuration)
    {
        var problems = new List<string>();
        foreach (var (section, options) in s_options)
        {
            OptionsCheck.AddProblems(configuration, section, options, problems);
        }

        return problems;
    }

    private static string Nested(string key, string value) =>
        key.Split(':').Reverse().Aggregate(value, static (inner, name) => $$"""{"{{name}}":{{inner}}}""");

    private ConfigurationManager OfJson(string json)
    {
        File.WriteAllText(_directory.File("settings.json"), json);
        var configuration = new ConfigurationManager();
        configuration.AddJsonFile(_directory.File("settings.json"));
        configuration.AddProductConfiguration(_directory.Path, _problems);
        return configuration;
    }

    private ConfigurationManager Read(string source, params (string Key, string Value)[] values)
    {
        var configuration = new ConfigurationManager();
        switch (source)
        {
            case "environment":
                // A prefix of its own, because tests run beside each other.
                var prefix = $"{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}_";
                foreach (var (key, value) in values)
                {
                    Environment.SetEnvironmentVariable(prefix + key.Replace(":", "__", StringComparison.Ordinal), value);
                }

                configuration.AddEnvironmentVariables(prefix);
                break;
            case "command line":
                configuration.AddCommandLine([.. values.Select(static one => $"--{one.Key}={one.Value}")]);
                break;
            case ".env":
                File.WriteAllLines(
                    _directory.File(".env"),
                    values.Select(static one => $"{one.Key.Replace(":", "__", StringComparison.Ordinal)}={one.Value}")
                );
                break;
            default:
                var list = values[0].Key[..values[0].Key.LastIndexOf(':')];
                return OfJson(Nested(list, JsonSerializer.Serialize(values.Select(static one => one.Value))));
        }

        configuration.AddProductConfiguration(_directory.Path, _problems);
        return configuration;
    }
}
