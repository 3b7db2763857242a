using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Storage;
using FlowGpt.Silo.Secrets;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Unit.Accounts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.Storage;

/// <summary>Each read runs beside the test, because a pipe without a writer would hold it for ever.</summary>
public sealed class OrdinaryFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <summary>What is no ordinary file, and the words of its refusal.</summary>
    public static TheoryData<string, string> Others { get; } =
        new()
        {
            { "pipe", "pipe or a device" },
            { "directory", "directory" },
            { "endless", "no end" },
        };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_OrdinaryFile_IsItsContent()
    {
        var content = RandomNumberGenerator.GetBytes(200_000);
        File.WriteAllBytes(_directory.File("a"), content);

        Assert.Equal(content, OrdinaryFile.ReadAllBytes(_directory.File("a"), content.Length));
        Assert.Equal(SHA256.HashData(content), OrdinaryFile.Hash(_directory.File("a"), content.Length));
        Assert.Contains(
            "longer than 199999 bytes",
            Assert.Throws<IOException>(() => OrdinaryFile.ReadAllBytes(_directory.File("a"), content.Length - 1)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Read_NoFile_IsNotFound() =>
        Assert.Throws<FileNotFoundException>(() => OrdinaryFile.ReadAllBytes(_directory.File("none"), OrdinaryFile.Small));

    [Theory, MemberData(nameof(Others))]
    public async Task AccountsFile_IsNoOrdinaryFile_IsRefusedAtTheStart(string kind, string expected)
    {
        var options = new AccountsOptions { File = Make("accounts.json", kind) };

        var result = await Beside(() => new AccountsOptionsValidator(AccountKinds.All).Validate(null, options));

        Assert.Contains(expected, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Others))]
    public async Task AccountsFile_BecomesNoOrdinaryFile_IsRefusedAndReadAgainLater(string kind, string expected)
    {
        const string Text = """{"accounts":[{"name":"a","bearerToken":"token-a"}]}""";
        var file = _directory.File("accounts.json");
        File.WriteAllText(file, Text);
        using var source = new AccountSource(
            Options.Create(new AccountsOptions { File = file }),
            AccountKinds.All,
            TimeProvider.System,
            NullLogger<AccountSource>.Instance
        );
        Remove(file);
        Make("accounts.json", kind);

        await Beside(() => Check(source));
        Assert.Contains(expected, source.Status!.Refused, StringComparison.Ordinal);
        Assert.Single(source.For("flowgpt").Accounts);

        Remove(file);
        File.WriteAllText(file, Text.Replace("token-a", "token-b", StringComparison.Ordinal));
        await Beside(() => Check(source));
        Assert.Null(source.Status);
        Assert.Equal("token-b", Assert.Single(source.For("flowgpt").Accounts).Fields["bearerToken"]);
    }

    [Theory, MemberData(nameof(Others))]
    public async Task VaultKey_IsNoOrdinaryFile_IsRefused(string kind, string expected)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("FlowGpt:Vault:KeyFile", Make("vault.key", kind))])
            .Build();

        await RefusesAsync(() => VaultKey.Read(configuration), expected);
    }

    [Theory, MemberData(nameof(Others))]
    public async Task Certificates_AreNoOrdinaryFiles_AreRefused(string kind, string expected)
    {
        var now = TimeProvider.System.GetUtcNow();
        CertificateMaker.Write(_directory.Path, now);
        foreach (
            var name in (string[])[ClusterCertificates.AuthorityFile, ClusterCertificates.CertificateFile, ClusterCertificates.KeyFile]
        )
        {
            var file = Path.Combine("silo", name);
            var content = File.ReadAllBytes(_directory.File(file));
            Remove(_directory.File(file));
            Make(file, kind);

            await RefusesAsync(() => ClusterCertificates.Load(_directory.File("silo"), ClusterRole.Silo, now), expected);

            Remove(_directory.File(file));
            File.WriteAllBytes(_directory.File(file), content);
        }
    }

    [Theory]
    [InlineData("pipe", "pipe or a device")]
    [InlineData("endless", "no end")]
    public async Task DotEnv_IsNoOrdinaryFile_IsAProblem(string kind, string expected)
    {
        Make(".env", kind);
        var problems = new List<string>();

        await Beside(() =>
        {
            new ConfigurationManager().AddProductConfiguration(_directory.Path, problems);
            return true;
        });

        Assert.Contains(expected, Assert.Single(problems), StringComparison.Ordinal);
    }

    private static bool Check(AccountSource source)
    {
        source.Check();
        return true;
    }

    private static async Task RefusesAsync(Func<object?> read, string expected)
    {
        var refused = await Assert.ThrowsAsync<StartupException>(() => Beside(read));

        Assert.Contains(expected, Assert.Single(refused.Problems), StringComparison.Ordinal);
    }

    private static Task<T> Beside<T>(Func<T> read) =>
        Soon.Happens(
            Task.Factory.StartNew(read, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            "the file is refused"
        );

    private string Make(string name, string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such files on Windows");
        var path = _directory.File(name);
        switch (kind)
        {
            case "pipe":
                Assert.Equal(0, MakePipe(path, 0x180));
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            default:
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
        }

        return path;
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path);
        }
        else
        {
            File.Delete(path);
        }
    }

    [DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
