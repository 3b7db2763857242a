using FlowGpt.Grains.Accounts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.Accounts;

public sealed class AccountSourceTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Check_FileChanges_NewVersion_InvalidOrMissing_KeepsTheOld()
    {
        Write("a");
        using var source = Source(new() { File = _file });
        var first = source.For("flowgpt");
        Assert.Equal(["a"], first.Accounts.Select(account => account.Name));

        source.Check();
        Assert.Same(first, source.For("flowgpt"));

        File.WriteAllText(_file, "{");
        source.Check();
        Assert.Same(first, source.For("flowgpt"));

        File.Delete(_file);
        source.Check();
        Assert.Same(first, source.For("flowgpt"));

        Write("a", "b");
        source.Check();
        var second = source.For("flowgpt");
        Assert.Equal(["a", "b"], second.Accounts.Select(account => account.Name));
        Assert.True(second.Version > first.Version);
    }

    [Fact]
    public void Check_BadAccounts_AreNamedAndTheOthersAreInForce()
    {
        Write("a");
        using var source = Source(new() { File = _file });

        File.WriteAllText(
            _file,
            """
            {"accounts":[
              {"name":"a","bearerToken":"token-a"},
              {"name":"b","bearerToken":"token-b","weight":0},
              {"name":"c","bearerToken":"token-a"},
              {"name":"d","bearerToken":"token-d"}
            ]}
            """
        );
        source.Check();

        var set = source.For("flowgpt");
        Assert.Equal(["a", "d"], set.Accounts.Select(account => account.Name));
        Assert.Equal(["b", "c"], set.Bad.Select(account => account.Name));
        Assert.Contains("accounts[1].weight is 0", set.Bad[0].Problem, StringComparison.Ordinal);
        Assert.EndsWith("(line 3)", set.Bad[0].Problem, StringComparison.Ordinal);
        Assert.EndsWith("(line 4)", set.Bad[1].Problem, StringComparison.Ordinal);
        Assert.Null(source.Status!.Refused);
        Assert.Equal(2, source.Status.LeftOutCount);
        Assert.Equal(
            [("flowgpt", "b", set.Bad[0].Problem), ("flowgpt", "c", set.Bad[1].Problem)],
            source.Status.LeftOut.Select(static one => (one.Pool, one.Name, one.Problem))
        );
    }

    [Fact]
    public void Status_SaysWhatIsWrongWithTheFileAsItIsNow()
    {
        Write("a");
        using var source = Source(new() { File = _file });
        Assert.Null(source.Status);

        File.WriteAllText(_file, "{");
        source.Check();
        var invalid = source.Status!.Refused;
        Assert.Contains("line 1", invalid, StringComparison.Ordinal);

        // The second look finds what the first has seen: it is as wrong as before.
        source.Check();
        Assert.Equal(invalid, source.Status!.Refused);

        File.Delete(_file);
        source.Check();
        Assert.Contains("does not exist", source.Status!.Refused, StringComparison.Ordinal);

        File.WriteAllText(_file, "{");
        source.Check();
        Assert.Equal(invalid, source.Status!.Refused);

        Write("a");
        source.Check();
        Assert.Null(source.Status);
    }

    [Fact]
    public void Status_OfManyBadAccounts_HasSomeAndTheirNumber()
    {
        Write("a");
        using var source = Source(new() { File = _file });

        Write(["a", .. Enumerable.Repeat("a", 30)]);
        source.Check();

        Assert.Equal((20, 30), (source.Status!.LeftOut.Length, source.Status.LeftOutCount));
    }

    [Fact]
    public void Check_NoGoodAccount_KeepsTheOld()
    {
        Write("a");
        using var source = Source(new() { File = _file });
        var first = source.For("flowgpt");

        File.WriteAllText(_file, """{"accounts":[{"name":"a","bearerToken":"token-a","weight":0}]}""");
        source.Check();

        Assert.Same(first, source.For("flowgpt"));
    }

    [Fact]
    public void Check_TwentyThousandAccounts_AreInForce()
    {
        Write([.. Enumerable.Range(0, 20_000).Select(static number => $"a{number}")]);

        using var source = Source(new() { File = _file });

        Assert.Equal(20_000, source.For("flowgpt").Accounts.Length);
    }

    [Fact]
    public void For_AnotherPool_HasNoAccounts()
    {
        using var source = Source(
            new()
            {
                Fields = { ["bearerToken"] = "Bearer s3cret" },
                Limits = new() { RequestsPerMinute = 5 },
            }
        );

        var account = Assert.Single(source.For("flowgpt").Accounts);
        Assert.Equal(("default", "s3cret", 5), (account.Name, account.Fields["bearerToken"], account.Limits.RequestsPerMinute));
        Assert.Empty(source.For("other").Accounts);
    }

    [Fact]
    public void Validate_EveryProblem_IsListedByItsKey()
    {
        File.WriteAllText(_file, """{"accounts":[{"name":"a"}]}""");
        var options = new AccountsOptions
        {
            Fields = { ["bearerToken"] = "your-token-here" },
            Name = "",
            Limits = new() { MaxConcurrent = 0 },
            File = _file,
        };

        var failures = new AccountsOptionsValidator(AccountKinds.All).Validate(null, options).Failures!.ToArray();

        Assert.Equal(4, failures.Length);
        Assert.All(failures, failure => Assert.StartsWith("FlowGpt:Accounts:", failure));
    }

    [Fact]
    public void Validate_MissingFile_NoAccounts()
    {
        Assert.False(new AccountsOptionsValidator(AccountKinds.All).Validate(null, new() { File = _file }).Succeeded);
        Assert.True(new AccountsOptionsValidator(AccountKinds.All).Validate(null, new()).Succeeded);
    }

    private static AccountSource Source(AccountsOptions options) =>
        new(Options.Create(options), AccountKinds.All, TimeProvider.System, NullLogger<AccountSource>.Instance);

    private void Write(params string[] names) =>
        File.WriteAllText(
            _file,
            $$"""{"accounts":[{{string.Join(",", names.Select(name => $$"""{"name":"{{name}}","bearerToken":"token-{{name}}"}"""))}}]}"""
        );
}
