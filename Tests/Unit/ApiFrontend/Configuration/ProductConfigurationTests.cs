using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Tests.Cluster.Storage;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.ApiFrontend.Configuration;

public sealed class ProductConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _problems = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Add_NothingSet_ListensOnTheDefaultAddress()
    {
        var configuration = Read();

        Assert.Equal("http://localhost:8088", configuration["urls"]);
        Assert.Empty(_problems);
    }

    [Fact]
    public void Add_ShortNames_AreGivenToTheirKeysInTheKeysForm()
    {
        var configuration = Read(
            ("API_MASTER_KEY", "sk-1"),
            ("FLOWGPT_SIGNATURE", "Colon-Device"),
            ("REQUEST_TIMEOUT", "90"),
            ("REQUEST_TOTAL_TIMEOUT", "900"),
            ("FLOWGPT_ACCOUNTS_FILE", "a.json"),
            ("REDIS_CONNECTION", "r:1"),
            ("ASPNETCORE_URLS", "http://*:80;https://[::]:443")
        );

        Assert.Empty(_problems);
        Assert.Equal("sk-1", configuration["FlowGpt:Frontend:MasterKey"]);
        Assert.Equal("colon-device", configuration["FlowGpt:Upstream:Signature"]);
        Assert.Equal("00:01:30", configuration["FlowGpt:Frontend:RequestTimeout"]);
        Assert.Equal("00:15:00", configuration["FlowGpt:Frontend:TotalTimeout"]);
        Assert.Equal("a.json", configuration["FlowGpt:Accounts:File"]);
        Assert.Equal("r:1", configuration["FlowGpt:Redis:Connection"]);
        Assert.Equal("http://*:80;https://[::]:443", configuration["urls"]);
    }

    [Fact]
    public void Add_EmptyShortName_IsAsIfNotSet() => Assert.Null(Read(("API_MASTER_KEY", " "))["FlowGpt:Frontend:MasterKey"]);

    [Fact]
    public void Add_DotEnv_IsReadAndTheEnvironmentWins()
    {
        File.WriteAllText(
            _directory.File(".env"),
            """
            # a comment
            export FLOWGPT_DEVICE_ID=from-file
            FLOWGPT_BEARER_TOKEN="quoted=token"
            DATA_DIRECTORY=from-file # a remark
            FlowGpt__Pool__Strategy=RoundRobin
            """
        );

        var configuration = Read(("FLOWGPT_DEVICE_ID", "from-environment"));

        Assert.Equal("from-environment", configuration["FlowGpt:Accounts:Fields:deviceId"]);
        Assert.Equal("quoted=token", configuration["FlowGpt:Accounts:Fields:bearerToken"]);
        Assert.Equal("from-file", configuration["FlowGpt:Silo:DataDirectory"]);
        Assert.Equal("RoundRobin", configuration["FlowGpt:Pool:Strategy"]);
    }

    [Fact]
    public void Add_DotEnvWithAnOpenQuote_IsAProblemNamingTheFile()
    {
        File.WriteAllText(_directory.File(".env"), "API_MASTER_KEY=\"open");

        Read();

        Assert.Contains(_directory.File(".env"), Assert.Single(_problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Add_WrongValues_AreAllNamedOnceAndSecretsAreNotShown()
    {
        Read(("REQUEST_TIMEOUT", "0"), ("FLOWGPT_BASE_URL", "ftp://x"), ("FLOWGPT_CONTEXT_MODE", "both"), ("ASPNETCORE_URLS", "http://"));

        Assert.Equal(4, _problems.Count);
        Assert.All(_problems, static problem => Assert.Contains("Give ", problem, StringComparison.Ordinal));
    }

    private ConfigurationManager Read(params (string Name, string Value)[] environment)
    {
        // The host's environment source marks the position; the values come from a later source that the test adds.
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection(environment.Select(static one => KeyValuePair.Create(one.Name, (string?)one.Value)));
        configuration.AddProductConfiguration(_directory.Path, _problems);
        return configuration;
    }
}
