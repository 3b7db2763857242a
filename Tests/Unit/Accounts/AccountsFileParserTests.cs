using System.Text;
using FlowGpt.Grains.Accounts;

namespace FlowGpt.Tests.Unit.Accounts;

public sealed class AccountsFileParserTests
{
    [Fact]
    public void Parse_EveryField_IsRead()
    {
        var content = Parse(
            """
            { // two accounts
              "accounts": [
                { "name": "a1", "bearerToken": " Bearer secret-1 ", "deviceId": "device", "weight": 3, "enabled": false,
                  "headers": { "x-extra": "1" },
                  "limits": { "requestsPerMinute": 20, "requestsPerHour": 200, "requestsPerDay": 1000, "tokensPerMinute": null,
                              "tokensPerDay": 50000, "maxConcurrent": 2 } },
                { "name": "a2", "bearerToken": "secret-2" },
              ]
            }
            """
        );

        Assert.Empty(content.AllProblems);
        var (first, second) = (content.Accounts[0], content.Accounts[1]);
        Assert.Equal(
            ("a1", "secret-1", "device", 3, false),
            (first.Name, first.Fields["bearerToken"], first.Fields["deviceId"], first.Weight, first.Enabled)
        );
        Assert.Equal("1", first.Headers["X-Extra"]);
        Assert.Equal(
            new AccountLimits
            {
                RequestsPerMinute = 20,
                RequestsPerHour = 200,
                RequestsPerDay = 1000,
                TokensPerDay = 50000,
                MaxConcurrent = 2,
            },
            first.Limits
        );
        Assert.Equal((1, true, AccountLimits.None), (second.Weight, second.Enabled, second.Limits));
        // A file that names no pool, as all of the first edition do.
        Assert.Equal(("flowgpt", "flowgpt"), (first.Pool, second.Pool));
        Assert.Equal(["deviceId"], second.Generated);
        Assert.Empty(first.Generated);
    }

    [Fact]
    public void Parse_Jwt_TellsExpiryAndUpstreamId()
    {
        var payload = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"id":"user-1","exp":1900000000}""")).TrimEnd('=');

        var account = Parse($$"""{"accounts":[{"name":"a","bearerToken":"x.{{payload}}.y"}]}""").Accounts[0];

        Assert.Equal(("user-1", DateTimeOffset.FromUnixTimeSeconds(1900000000)), (account.UpstreamId, account.TokenExpires));
    }

    [Theory]
    [InlineData("""{"bearerToken":"s3cret"}""", "accounts[0].name is missing; add it")]
    [InlineData("""{"name":"a"}""", "accounts[0].bearerToken is missing; add it")]
    [InlineData("""{"name":"a","bearerToken":""}""", "accounts[0].bearerToken is empty; paste the account's bearer token")]
    [InlineData("""{"name":"a","bearerToken":"your-token-here"}""", "accounts[0].bearerToken is a placeholder, not a bearer token")]
    [InlineData("""{"name":"a","bearerToken":"s3cret with space"}""", "accounts[0].bearerToken holds spaces")]
    [InlineData("""{"name":"a","bearerToken":5}""", "accounts[0].bearerToken is a number but must be a text in quotes")]
    [InlineData("""{"name":"a b","bearerToken":"s3cret"}""", "accounts[0].name may hold only letters")]
    [InlineData("""{"name":"..","bearerToken":"s3cret"}""", "accounts[0].name must not be . or ..")]
    [InlineData("""{"name":"a","bearerToken":"s3cret","wieght":2}""", "accounts[0].wieght is not known; remove it")]
    [InlineData("""{"name":"a","bearerToken":"s3cret","weight":0}""", "accounts[0].weight is 0 but must be from 1 to 1000")]
    [InlineData("""{"name":"a","bearerToken":"s3cret","enabled":"no"}""", "accounts[0].enabled is a text but must be true or false")]
    [InlineData("""{"name":"a","bearerToken":"s3cret","limits":{"requestsPerMinute":0}}""", "accounts[0].limits.requestsPerMinute is 0")]
    [InlineData(
        """{"name":"a","bearerToken":"s3cret","limits":{"maxConcurrent":1.5}}""",
        "accounts[0].limits.maxConcurrent is a number but"
    )]
    [InlineData("""{"name":"a","bearerToken":"s3cret","limits":{"rpm":1}}""", "accounts[0].limits.rpm is not known")]
    [InlineData("""{"name":"a","bearerToken":"s3cret","headers":{"Authorization":"x"}}""", "accounts[0].headers.Authorization is set by")]
    [InlineData("7", "accounts[0] is a number but must be an object")]
    public void Parse_Wrong_NamesFieldProblemAndFix_NeverTheToken(string account, string expected)
    {
        var content = Parse($$"""{"accounts":[{{account}}]}""");

        Assert.Contains(content.AllProblems, problem => problem.StartsWith(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(content.AllProblems, problem => problem.Contains("s3cret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"accounts\":{}}")]
    [InlineData("{\"accounts\":[")]
    public void Parse_NotAnAccountsFile_OneProblem(string file) => Assert.Single(Parse(file).AllProblems);

    [Fact]
    public void Parse_SeveralProblems_AllAreListed()
    {
        var content = Parse("""{"accounts":[{"name":"","bearerToken":""},{"weight":-1}],"other":1}""");

        Assert.Equal(6, content.AllProblems.Count());
    }

    [Fact]
    public void Parse_SameNameTokenOrUpstreamAccount_IsRefused()
    {
        var id = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"id":"user-1"}""")).TrimEnd('=');
        var content = Parse(
            $$"""
            {"accounts":[{"name":"a","bearerToken":"t1"},{"name":"a","bearerToken":"t2"},{"name":"b","bearerToken":"t1"},
                         {"name":"c","bearerToken":"x.{{id}}.1"},{"name":"d","bearerToken":"x.{{id}}.2"}]}
            """
        );

        Assert.Equal(
            ["accounts[1].name", "accounts[2].bearerToken", "accounts[4].bearerToken"],
            content.AllProblems.Select(problem => problem.Split(' ')[0])
        );
    }

    /// <summary>One bad entry keeps no other change of the file from being in force.</summary>
    [Theory]
    [InlineData(
        """{"name":"bad","bearerToken":"s-2","bearerToken":"s-3"}""",
        "accounts[1].bearerToken is there twice; remove one of the two (line 2)"
    )]
    [InlineData(
        """{"name":"bad","bearerToken":"s-2","headers":{"a":"1","a":"2"}}""",
        "accounts[1].headers.a is there twice; remove one of the two (line 2)"
    )]
    [InlineData("""null""", "accounts[1] is null but must be an object in braces (line 2)")]
    [InlineData("""[5]""", "accounts[1] is a list but must be an object in braces (line 2)")]
    public void Parse_OneBadEntry_IsLeftOutByFieldAndLine(string entry, string expected)
    {
        var content = Parse(
            $$"""
            {"accounts":[{"name":"good","bearerToken":"s-1"},
            {{entry}}]}
            """
        );

        Assert.Equal("good", Assert.Single(content.Accounts).Name);
        Assert.Empty(content.Problems);
        Assert.Equal(expected, Assert.Single(content.Bad).Problem);
    }

    /// <summary>"?" stands for a byte that is no UTF-8, as an editor with another encoding writes them, and for half a surrogate pair.</summary>
    [Theory]
    [InlineData(
        """{"accounts":[{"name":"good","bearerToken":"s-1"},\n{"name":"bad","bearerToken":"s-?2"}]}""",
        "accounts[1].bearerToken",
        1
    )]
    [InlineData("""{"accounts":[{"name":"good","bearerToken":"s-1"},\n{"name":"b?d","bearerToken":"s-2"}]}""", "accounts[1].name", 1)]
    [InlineData(
        """{"accounts":[{"name":"good","bearerToken":"s-1"},\n{"name":"bad","bearerToken":"s-2","headers":{"a":"M?ller"}}]}""",
        "accounts[1].headers.a",
        1
    )]
    [InlineData(
        """{"accounts":[{"name":"good","bearerToken":"s-1"}],\n"models":[{"id":"m?","targets":[{"pool":"flowgpt","model":"x"}]}]}""",
        "models[0].id",
        1
    )]
    [InlineData(
        """{"accounts":[{"name":"good","bearerToken":"s-1"}],\n"pools":{"o":{"kind":"openai","baseUrl":"http://x?"}}}""",
        "pools.o.baseUrl",
        1
    )]
    public void Parse_TextThatIsNoUnicode_IsAProblemByFieldAndLine(string json, string path, int accounts)
    {
        foreach (var content in ParseWithout(json))
        {
            var problem = Assert.Single(content.AllProblems, static one => one.Contains("UTF-8", StringComparison.Ordinal));
            Assert.StartsWith(path + " ", problem, StringComparison.Ordinal);
            Assert.EndsWith("(line 2)", problem, StringComparison.Ordinal);
            Assert.Equal(accounts, content.Accounts.Length);
        }
    }

    [Theory]
    [InlineData("""{"accounts":[{"name":"good","bearerToken":"s-1"},\n{"name":"bad","bearerToken":"s-2","x?":1}]}""")]
    [InlineData("""{"accounts":[{"name":"good","bearerToken":"s-1"},\n{"name":"bad","bearerToken":"s-2","poo?":1}]}""")]
    [InlineData("""{"accounts":[{"name":"good","bearerToken":"s-1"}],\n"accoun?s":[]}""")]
    [InlineData("""{"accounts":[{"name":"good","bearerToken":"s-1"}],\n"pools":{"o?":{"kind":"openai","baseUrl":"http://x"}}}""")]
    public void Parse_NameOfAFieldThatIsNoUnicode_IsAProblemByItsLine(string json)
    {
        foreach (var content in ParseWithout(json))
        {
            Assert.EndsWith(
                "(line 2)",
                content.AllProblems.First(static one => one.Contains("UTF-8", StringComparison.Ordinal)),
                StringComparison.Ordinal
            );
        }
    }

    /// <summary>Reads the file with two things that are no Unicode in the place of the question mark.</summary>
    private static IEnumerable<AccountsFileContent> ParseWithout(string json)
    {
        var at = json.IndexOf('?', StringComparison.Ordinal);
        foreach (
            var bad in (byte[][])
                [
                    [0xFC],
                    [.. "\\ud83d"u8],
                ]
        )
        {
            byte[] file =
            [
                .. Encoding.UTF8.GetBytes(json[..at].Replace("\\n", "\n", StringComparison.Ordinal)),
                .. bad,
                .. Encoding.UTF8.GetBytes(json[(at + 1)..]),
            ];
            yield return new AccountsFileParser(AccountKinds.All, PoolDefaults.Of("flowgpt")).Parse(file);
        }
    }

    private static AccountsFileContent Parse(string json) =>
        new AccountsFileParser(AccountKinds.All, PoolDefaults.Of("flowgpt")).Parse(Encoding.UTF8.GetBytes(json));
}
