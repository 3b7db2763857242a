using System.Text;
using FlowGpt.Grains.Accounts;

namespace FlowGpt.Tests.Unit.Accounts;

/// <summary>Pools, models and prices of the accounts file, and pools of the environment.</summary>
public sealed class PoolsOfFileTests
{
    [Fact]
    public void Parse_EveryFieldOfAPool_IsReadAndItsLimitsAreTheDefaultOfItsAccounts()
    {
        var content = Parse(
            """
            {"pools":{"azure":{"kind":"test","baseUrl":"https://example.test/v1","discover":true,"headers":{"x-team":"a"},"keyHeader":"api-key",
               "keyScheme":"","query":{"api-version":"1"},"paths":{"chat":"/deployments/{model}/chat"},"wire":"chat","quirks":["stream_options"],
               "limits":{"requestsPerMinute":7}}},
             "accounts":[{"name":"a","pool":"azure","secret":"s1"},{"name":"b","pool":"azure","secret":"s2","limits":{"maxConcurrent":1}}],
             "models":[{"id":"smart","targets":[{"pool":"azure","model":"m","weight":2,"order":1},{"pool":"flowgpt","model":"p"}],"contextWindow":1000,
                        "price":{"input":1,"output":2.5}},
                       {"id":"old","promptId":"p2","upstreamModel":"u"}],
             "prices":[{"pool":"azure","model":"m","input":1,"output":2,"cachedInput":0.1}]}
            """
        );

        Assert.Empty(content.AllProblems);
        var pool = Assert.Single(content.Pools).Definition;
        Assert.Equal(
            ("azure", "test", "https://example.test/v1", true, "api-key", "", "chat"),
            (pool.Name, pool.Kind, pool.BaseUrl!.ToString(), pool.Discover, pool.KeyHeader, pool.KeyScheme, pool.Wire)
        );
        Assert.Equal(("a", "1", "/deployments/{model}/chat"), (pool.Headers["X-Team"], pool.Query["api-version"], pool.Paths["chat"]));
        Assert.Equal(["stream_options"], pool.Quirks);
        Assert.Equal([7, null], content.Accounts.Select(account => account.Limits.RequestsPerMinute));
        Assert.All(content.Accounts, account => Assert.Equal(("azure", "test https://example.test/v1"), (account.Pool, account.Provider)));
        var (smart, old) = (content.Models[0], content.Models[1]);
        Assert.Equal(["azure/m", "flowgpt/p"], smart.Targets.Select(target => target.ToString()));
        Assert.Equal((1, 2, 1000, 2.5m), (smart.Targets[0].Order, smart.Targets[0].Weight, smart.ContextWindow, smart.Price!.Output));
        Assert.Equal(("flowgpt/p2", "u"), (old.Targets[0].ToString(), old.Targets[0].Options["upstreamModel"]));
        Assert.Equal(0.1m, Assert.Single(content.Prices).Price.CachedInput);
    }

    [Theory]
    [InlineData("""{"kind":"nothing"}""", "pools.p.kind \"nothing\" is not a provider kind; use one of flowgpt, openai, test (line 1)")]
    [InlineData("""{"baseUrl":"https://x.test"}""", "pools.p.kind is missing")]
    [InlineData("""{"kind":"test"}""", "pools.p.baseUrl is missing")]
    [InlineData("""{"kind":"test","baseUrl":"x.test/v1"}""", "pools.p.baseUrl is not an address")]
    [InlineData("""{"kind":"test","baseUrl":"ftp://x.test/v1"}""", "pools.p.baseUrl is not an address")]
    [InlineData("""{"kind":"test","baseUrl":"https://me:pw@x.test/v1"}""", "pools.p.baseUrl holds a user name or password")]
    [InlineData("""{"kind":"test","baseUrl":"https://x.test/v1?key=1"}""", "pools.p.baseUrl holds a query")]
    [InlineData("""{"kind":"test","baseUrl":"https://x.test","paths":{"chat":"//evil.test/x"}}""", "pools.p.paths.chat must be a path")]
    [InlineData(
        """{"kind":"test","baseUrl":"https://x.test","paths":{"chat":"https://evil.test/"}}""",
        "pools.p.paths.chat must be a path"
    )]
    [InlineData("""{"kind":"test","baseUrl":"https://x.test","paths":{"chat":"@evil.test/"}}""", "pools.p.paths.chat must be a path")]
    [InlineData("""{"kind":"test","baseUrl":"https://x.test","headers":{"x-own":"1"}}""", "pools.p.headers.x-own is set by the gateway")]
    [InlineData("""{"kind":"test","baseUrl":"https://x.test","keyHeader":"a b"}""", "pools.p.keyHeader is not a header name")]
    [InlineData("""{"kind":"test","baseUrl":"https://x.test","discovery":true}""", "pools.p.discovery is not known")]
    [InlineData("""{"kind":"test","baseUrl":"https://x.test","quirks":[1]}""", "pools.p.quirks[0] is a number")]
    [InlineData("""{"kind":"flowgpt","keyHeader":"api-key"}""", "pools.p.keyHeader is not used by pools of kind flowgpt")]
    [InlineData("7", "pools.p is a number but must be an object")]
    public void Parse_AWrongPool_NamesFieldProblemAndFix(string pool, string expected)
    {
        var problems = Parse($$"""{"pools":{"p":{{pool}}},"accounts":[]}""").AllProblems;

        Assert.Contains(problems, problem => problem.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("p", """{"kind":"nothing","baseUrl":"https://x.test"}""")]
    [InlineData("p", """{"baseUrl":"https://x.test"}""")]
    [InlineData("p", """{"kind":"test","baseUrl":"x.test/v1"}""")]
    [InlineData("p", """{"kind":"test","baseUrl":"https://x.test","limits":{"requestsPerMinute":0}}""")]
    [InlineData("p", "7")]
    [InlineData("p", "null")]
    [InlineData("a pool", """{"kind":"test","baseUrl":"https://x.test"}""")]
    public void Parse_AWrongPoolWithAccountsAndModels_OnlyThePoolsProblemIsListed(string name, string pool)
    {
        var problem = Assert.Single(
            Parse(
                $$"""
                {"pools":{"{{name}}":{{pool}}},"accounts":[{"name":"a","pool":"{{name}}","secret":"s1"},{"name":"b","pool":"{{name}}","secret":"s2"}],
                 "models":[{"id":"m","targets":[{"pool":"{{name}}","model":"x"}]}]}
                """
            ).AllProblems
        );

        Assert.StartsWith($"pools.{name}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AWrongPoolOfAKnownKind_ItsAccountsAndModelsAreCheckedAllTheSame()
    {
        var content = Parse(
            """
            {"pools":{"p":{"kind":"test","baseUrl":"x.test/v1"}},"accounts":[{"name":"a","pool":"p"}],
             "models":[{"id":"m","targets":[{"pool":"p","model":"x"},{"pool":"q","model":"x"}]}]}
            """
        );

        Assert.Collection(
            content.AllProblems.Order(StringComparer.Ordinal),
            static one => Assert.StartsWith("accounts[0].secret is missing", one, StringComparison.Ordinal),
            static one => Assert.StartsWith("models[0].targets[1].pool \"q\"", one, StringComparison.Ordinal),
            static one => Assert.StartsWith("pools.p.baseUrl is not an address", one, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Load_TheSingleAccountOfAWrongPool_IsNotReportedForIt()
    {
        var file = Encoding.UTF8.GetBytes("""{"pools":{"provided":{"kind":"provided","baseUrl":"x.test/v1"}},"accounts":[]}""");
        var options = new AccountsOptions { Pool = "provided" };
        options.Fields["apiKey"] = "k";

        Assert.Contains("pools.provided.baseUrl", Assert.Single(Load(options, file).AllProblems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"m","targets":[{"pool":"nowhere","model":"x"}]}""", "models[0].targets[0].pool \"nowhere\" is not a known pool")]
    [InlineData("""{"id":"m","targets":[]}""", "models[0].targets must have 1 to 100 targets")]
    [InlineData("""{"id":"m"}""", "models[0].targets is missing")]
    [InlineData("""{"targets":[{"pool":"flowgpt","model":"x"}]}""", "models[0].id is missing")]
    [InlineData("""{"id":"m","targets":[{"pool":"flowgpt"}]}""", "models[0].targets[0].model is missing")]
    [InlineData("""{"id":"m","targets":[{"pool":"flowgpt","model":"x","weight":0}]}""", "models[0].targets[0].weight is 0")]
    [InlineData(
        """{"id":"m","targets":[{"pool":"flowgpt","model":"x","options":{"colour":"red"}}]}""",
        "models[0].targets[0].options.colour is not known to pools of kind flowgpt"
    )]
    [InlineData(
        """{"id":"m","targets":[{"pool":"flowgpt","model":"x"},{"pool":"flowgpt","model":"x"}]}""",
        "models[0].targets[1] is the same as another"
    )]
    [InlineData("""{"id":"m","promptId":"x","price":{"input":-1,"output":1}}""", "models[0].price.input is -1 but must be 0 or more")]
    [InlineData("""{"id":"m","promptId":"x","contextWindow":1}""", "models[0].contextWindow is 1 but must be from 256")]
    public void Parse_AWrongModel_NamesFieldProblemAndFix(string model, string expected)
    {
        var problems = Parse($$"""{"accounts":[],"models":[{{model}}]}""").AllProblems;

        Assert.Contains(problems, problem => problem.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_AProblem_TellsItsLine()
    {
        var problem = Assert.Single(
            Parse(
                """
                { // the accounts
                  "accounts": [
                    { "name": "a", "bearerToken": "s1" },
                    {
                      "name": "b",
                      "bearerToken": "s2",
                      "limits": { "maxConcurrent": 0 }
                    }
                  ]
                }
                """
            ).AllProblems
        );

        Assert.StartsWith("accounts[1].limits.maxConcurrent is 0", problem, StringComparison.Ordinal);
        Assert.EndsWith("(line 7)", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TheSameSecretAtTwoProviders_IsTwoAccounts()
    {
        const string Pools =
            """{"pools":{"a":{"kind":"test","baseUrl":"http://a.test"},"b":{"kind":"test","baseUrl":"http://b.test"}},"accounts":""";

        Assert.Empty(Parse(Pools + """[{"name":"1","pool":"a","secret":"none"},{"name":"2","pool":"b","secret":"none"}]}""").AllProblems);
        var problem = Assert.Single(
            Parse(Pools + """[{"name":"1","pool":"a","secret":"none"},{"name":"2","pool":"a","secret":"none"}]}""").AllProblems
        );
        Assert.StartsWith("accounts[1].secret is the same as accounts[0]'s", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:8088/v1", true)]
    [InlineData("http://127.0.0.1:8088", true)]
    [InlineData("http://[::1]:8088/v1", true)]
    [InlineData("http://127.8.8.8:8088", true)]
    [InlineData("http://this-machine:8088/v1", true)]
    [InlineData("http://127.0.0.1:8089/v1", false)]
    [InlineData("http://elsewhere:8088/v1", false)]
    public void OwnAddress_InAnyForm_IsFound(string address, bool own)
    {
        var machine = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "this-machine" };

        Assert.Equal(own, PoolAddress.IsOwn(new(address), ["http://*:8088"], machine));
        Assert.Equal(own, PoolAddress.IsOwn(new(address), ["http://0.0.0.0:8088"], machine));
    }

    [Fact]
    public void Load_AKeyInTheEnvironment_IsAPoolWithOneAccountAndDiscovery()
    {
        var content = Load(
            new()
            {
                Providers =
                {
                    ["PROVIDED"] = new() { ApiKey = "k", BaseUrl = "http://x.test/v1" },
                    ["other"] = new() { ApiKey = "k" },
                },
            }
        );

        Assert.Empty(content.AllProblems);
        var pool = Assert.Single(content.Pools);
        Assert.Equal(("provided", "PROVIDED_API_KEY", true), (pool.Definition.Name, pool.Origin, pool.Definition.Discover));
        var account = Assert.Single(content.Accounts);
        Assert.Equal(("provided", "k"), (account.Pool, account.Fields["apiKey"]));
        Assert.Equal("OTHER_API_KEY is set, but there is no provider kind other yet; the key is not used", Assert.Single(content.Notes));
    }

    [Fact]
    public void Load_AKeyInTheEnvironmentAndAPoolOfThatNameInTheFile_TheFilesPoolNeverGetsTheKey()
    {
        var file = Encoding.UTF8.GetBytes("""{"pools":{"provided":{"kind":"provided","baseUrl":"http://elsewhere.test"}},"accounts":[]}""");

        var content = Load(new() { Providers = { ["provided"] = new() { ApiKey = "k" } } }, file);

        Assert.Empty(content.AllProblems);
        Assert.Empty(content.Accounts);
        Assert.Null(Assert.Single(content.Pools).Origin);
        Assert.Contains(
            "PROVIDED_API_KEY is set, but the accounts file defines the pool",
            Assert.Single(content.Notes),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Load_AnAddressWithoutAKeyInTheEnvironment_IsAProblem()
    {
        var content = Load(new() { Providers = { ["provided"] = new() { BaseUrl = "http://elsewhere.test" } } });

        Assert.StartsWith(
            "PROVIDED_BASE_URL is set, but PROVIDED_API_KEY is not",
            Assert.Single(content.AllProblems),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("nonsense", "PROVIDED_BASE_URL is not an address")]
    [InlineData("http://localhost:8088/v1", "PROVIDED_BASE_URL is the address of this gateway")]
    public void Load_AWrongAddressInTheEnvironment_IsNamedByItsVariable(string address, string expected)
    {
        var options = new AccountsOptions
        {
            ListensOn = "http://127.0.0.1:8088",
            Providers =
            {
                ["provided"] = new() { ApiKey = "k", BaseUrl = address },
            },
        };

        Assert.StartsWith(expected, Assert.Single(Load(options).AllProblems), StringComparison.Ordinal);
    }

    private static AccountsFileContent Load(AccountsOptions options, byte[]? file = null) =>
        AccountsLoader.Load(options, file, AccountKinds.WithProvided);

    private static AccountsFileContent Parse(string json) =>
        new AccountsFileParser(AccountKinds.All, PoolDefaults.Of("flowgpt")).Parse(Encoding.UTF8.GetBytes(json));
}
