using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.FlowGpt;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

public sealed class FlowGptOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreValid() => Assert.True(new FlowGptOptionsValidator().Validate(null, new FlowGptOptions()).Succeeded);

    [Fact]
    public void Validate_EverythingWrong_ListsEveryProblemByItsKey()
    {
        var options = new FlowGptOptions
        {
            BaseUrl = "ftp://host",
            Origin = "two\nlines",
            Referer = "ü",
            AcceptLanguage = "\t",
            Signature = "rot13",
            ContextMode = "telepathy",
            DefaultTemperature = double.NaN,
            ExtraHeaders = new()
            {
                ["Authorization"] = "x",
                ["bad name"] = "x",
                ["X-Line"] = "a\r\nb",
            },
            ConnectTimeoutSeconds = 0,
            FirstByteTimeoutSeconds = -1,
            BetweenBytesTimeoutSeconds = 1e9,
            TotalTimeoutSeconds = 0,
            MaxConnections = 0,
            ConnectionLifetimeSeconds = 0,
            MaxLineBytes = 1,
        };

        var problems = new FlowGptOptionsValidator().Validate(null, options).Failures!.ToList();

        string[] keys =
        [
            "BaseUrl",
            "Signature",
            "ContextMode",
            "Origin",
            "Referer",
            "AcceptLanguage",
            "ExtraHeaders: \"Authorization\"",
            "ExtraHeaders: \"bad name\"",
            "ExtraHeaders: \"X-Line\"",
            "DefaultTemperature",
            "ConnectTimeoutSeconds",
            "FirstByteTimeoutSeconds",
            "BetweenBytesTimeoutSeconds",
            "TotalTimeoutSeconds",
            "ConnectionLifetimeSeconds",
            "MaxConnections",
            "MaxLineBytes",
        ];
        Assert.Equal(keys.Length, problems.Count);
        Assert.All(keys.Zip(problems), pair => Assert.StartsWith($"FlowGpt:Upstream:{pair.First}", pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://host", true)]
    [InlineData("http://127.0.0.1:5080/base/", true)]
    [InlineData("host", false)]
    [InlineData("", false)]
    [InlineData("https://user@host", false)]
    [InlineData("https://host?x=1", false)]
    public void Validate_BaseUrl_TakesHttpAddressesOnly(string url, bool valid) =>
        Assert.Equal(valid, new FlowGptOptionsValidator().Validate(null, new FlowGptOptions { BaseUrl = url }).Succeeded);

    [Fact]
    public void AddFlowGptUpstream_BoundToConfiguration_GivesTheKindAndItsUpstream()
    {
        using var provider = Provider(
            new() { ["FlowGpt:Upstream:ContextMode"] = "history", ["FlowGpt:Upstream:ExtraHeaders:User-Agent"] = "x" }
        );

        var kind = Assert.Single(provider.GetServices<IProviderKind>());
        var pool = new PoolDefinition { Name = "main", Kind = "flowgpt" };

        Assert.Same(provider.GetRequiredService<FlowGptUpstream>(), kind.Create(pool));
        Assert.Equal(ModelCapabilities.None, kind.CapabilitiesOf(pool, "prompt-1"));
        Assert.Equal("x", provider.GetRequiredService<IOptions<FlowGptOptions>>().Value.ExtraHeaders["user-agent"]);
    }

    [Fact]
    public void AddFlowGptUpstream_BadConfiguration_StopsTheStart()
    {
        using var provider = Provider(new() { ["FlowGpt:Upstream:Signature"] = "x", ["FlowGpt:Upstream:MaxConnections"] = "0" });

        var failure = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(2, failure.Failures.Count());
    }

    private static ServiceProvider Provider(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddLogging();
        services.AddFlowGptUpstream().Bind(configuration.GetSection(FlowGptOptions.SectionName));
        return services.BuildServiceProvider();
    }
}
