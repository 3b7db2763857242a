using System.Diagnostics;
using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Tests.Unit.Packaging;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Process.Containers;

/// <summary>The scripts of the compose file that make the keys and give Redis its password, run as the containers run them.</summary>
[Trait("Category", "Process")]
public sealed class KeysScriptTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("fgc-keys-");

    [Fact]
    public async Task Script_FirstStart_MakesTwoKeysThatTheProductTakes()
    {
        await RunAsync();

        var configuration = new ConfigurationManager();
        var problems = new List<string>();
        configuration.AddProductConfiguration(_data.FullName, problems);
        var options = configuration.GetSection(FrontendOptions.Section).Get<FrontendOptions>()!;

        Assert.Empty(problems);
        Assert.True(new FrontendOptionsValidator().Validate(null, options).Succeeded);
        Assert.NotEqual(options.MasterKey, options.AdminKey);
        Assert.Matches("^sk-fgc-[0-9a-f]{48}$", options.MasterKey);
        Assert.Matches("^sk-fgc-[0-9a-f]{48}$", options.AdminKey);
    }

    [Fact]
    public async Task Script_GivesRedisThePasswordThatTheProductHas()
    {
        await RunAsync();
        await RunAsync("password");

        var configuration = new ConfigurationManager();
        configuration.AddProductConfiguration(_data.FullName, []);
        var password = configuration.GetSection(RedisOptions.Section).Get<RedisOptions>()!.Password;
        var file = Path.Combine(_data.FullName, "redis.conf");
        Assert.Matches("^[0-9a-f]{48}$", password);
        Assert.Equal($"requirepass {password}", (await File.ReadAllTextAsync(file)).TrimEnd());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task Script_KeysOfAnEarlierVersion_StayAndGetThePassword()
    {
        const string earlier = "API_MASTER_KEY=sk-fgc-first\nADMIN_API_KEY=sk-fgc-second\n";
        await File.WriteAllTextAsync(Path.Combine(_data.FullName, ".env"), earlier);

        await RunAsync();

        var now = await File.ReadAllTextAsync(Path.Combine(_data.FullName, ".env"));
        Assert.StartsWith(earlier + "REDIS_PASSWORD=", now, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_SecondStart_KeepsTheKeys()
    {
        await RunAsync();
        var first = await File.ReadAllTextAsync(Path.Combine(_data.FullName, ".env"));
        await RunAsync();

        Assert.Equal(first, await File.ReadAllTextAsync(Path.Combine(_data.FullName, ".env")));
    }

    public void Dispose() => _data.Delete(recursive: true);

    private async Task RunAsync(string name = "keys")
    {
        var service = YamlFile.ReadOne("docker-compose.yml").At("services", name);
        var script = Assert
            .Single(service["command"].Texts)
            .Replace("$$", "$", StringComparison.Ordinal)
            .Replace("/data/", _data.FullName + "/", StringComparison.Ordinal)
            .Replace("/keys/", _data.FullName + "/", StringComparison.Ordinal);
        var start = new ProcessStartInfo(service["entrypoint"].Texts[0]) { ArgumentList = { service["entrypoint"].Texts[1], script } };
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, process.ExitCode);
    }
}
